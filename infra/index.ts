import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../constructs/definition/problem.ts";
import { deployCustomer } from "./deploy-customer.ts";
import { deployPlatform } from "./deploy-platform.ts";

/** The stack of what all lanes share. Every other stack is the customer with its name. */
const PLATFORM_STACK = "platform";

try {
  const stack = pulumi.getStack();
  await (stack === PLATFORM_STACK ? deployPlatform() : deployCustomer(stack));
} catch (error) {
  // Pulumi shows a RunError as text; anything else is a bug in Nightlane and keeps its stack trace.
  throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
}
