export { default } from "../../../customers/alpenkredit.ts";
