import { Command } from "commander";
import { runCli } from "../constructs/definition/run-cli.ts";
import { type NewCustomerOptions, writeNewCustomer } from "./new-customer.ts";

const EXAMPLES = `
Examples:
  npm run new-customer -- seebank
  npm run new-customer -- seebank --server https://k8s.seebank.example:6443 --address 10.64.3.10 --ca seebank-ca.pem

What is left out becomes an example that loads and passes the tests, marked REPLACE in the file.`;

const command = new Command("new-customer")
  .description(
    "Writes customers/<name>.ts, a complete, commented customer, and its certificate authority in customers/<name>.pem. Nothing else is changed.",
  )
  .argument("<name>", "lower-case letters, digits and inner dashes")
  .option("--server <url>", "URL of the customer's API server")
  .option("--address <ip>", "its IPv4 or IPv6 address, as the central cluster's nodes see it")
  .option("--ca <file>", "its certificate authority, PEM; it is copied to customers/<name>.pem")
  .addHelpText("after", EXAMPLES)
  .showHelpAfterError()
  .action(async (name: string, options: NewCustomerOptions) => {
    const files = await writeNewCustomer(name, options);
    const steps = [
      [`edit customers/${name}.ts`, "replace what is marked REPLACE, and write the customer's night"],
      [`npm run check -- ${name}`, "what is left to do, in seconds"],
      [`npm run dag -- ${name}`, "the night as a picture"],
      ["npm test -- test/customers", `writes test/customers/${name}.snap, to be reviewed and committed with the file`],
      [`make farm-add CUSTOMER=${name}`, "a cluster for it on this machine"],
    ] as const;
    const columns = Math.max(...steps.map(([what]) => what.length));
    const next = steps.map(([what, why]) => `  ${what.padEnd(columns)}  ${why}`);
    console.log([`wrote ${files.join(" and ")}`, "next:", ...next].join("\n"));
  });

await runCli(() => command.parseAsync());
