import { join } from "node:path";
import { collectMistakes } from "../constructs/definition/collect-mistakes.ts";
import {
  CUSTOMERS_FOLDER,
  customerFile,
  customerNames,
  loadCustomer,
} from "../constructs/definition/customer-files.ts";
import { writeAuthentication } from "./authentication-output.ts";
import { replaceFolder } from "./output-folder.ts";
import { PROVED, type UNPROVED } from "./proved.ts";
import { writeCustomer, writeManifests } from "./write-manifests.ts";

/**
 * Writes all objects as YAML: <outdir>/<customer>/, <outdir>/<customer>/customer-side/, <outdir>/<customer>/deployer/,
 * <outdir>/<customer>/apps/ where it has any, <outdir>/<customer>/api-server/ where it is federated, and <outdir>/platform/. One customer is in memory at a time, and the output appears only when all of it is valid: a mistake keeps the former one.
 * @param made How objects are made: proved, except for a comparison.
 * @throws UserError with the problems of all customer files at once; or if something else is in the output's place
 */
export async function writeOutput(
  outdir: string,
  customersFolder = CUSTOMERS_FOLDER,
  made: typeof UNPROVED = PROVED,
): Promise<void> {
  await replaceFolder(outdir, async (unfinished) => {
    writeManifests(join(unfinished, "platform"), made.platform());
    await collectMistakes(customerNames(customersFolder), async (name) => {
      const definition = await loadCustomer(name, customersFolder);
      writeCustomer(join(unfinished, name), made.customer(definition, customerFile(name)));
      writeAuthentication(join(unfinished, name), definition);
    });
  });
}
