import { Command } from "commander";
import { type NewCustomerOptions, writeNewCustomer } from "./new-customer.ts";
import { showUserErrors } from "./user-errors.ts";

const EXAMPLES = `
Examples:
  npm run new-customer -- seebank
  npm run new-customer -- seebank --server https://k8s.seebank.example:6443 --address 10.64.3.10 --ca seebank-ca.pem

What is left out becomes an example that loads and passes the tests, marked REPLACE in the file.`;

const command = new Command("new-customer")
  .description("Writes customers/<name>.ts: a complete, commented customer. Nothing else is changed.")
  .argument("<name>", "lower-case letters, digits and inner dashes")
  .option("--server <url>", "URL of the customer's API server")
  .option("--address <ip>", "its IPv4 or IPv6 address, as the central cluster's nodes see it")
  .option("--ca <file>", "its certificate authority, PEM")
  .addHelpText("after", EXAMPLES)
  .action(async (name: string, options: NewCustomerOptions) => {
    const file = await writeNewCustomer(name, options);
    console.log(`wrote ${file}
next:
  replace what is marked REPLACE in it, and make the night its own
  npm run check -- ${name}      says what is left to do, in seconds
  npm test -- test/customers    writes test/customers/${name}.snap, to be reviewed and committed with it
  npm run dag -- ${name}
  make farm-add CUSTOMER=${name}   gives it a cluster on this machine`);
  });

await showUserErrors(() => command.parseAsync());
