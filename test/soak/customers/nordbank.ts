export { default } from "../../../customers/nordbank.ts";
