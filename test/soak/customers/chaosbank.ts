export { default } from "../../chaos/customers/chaosbank.ts";
