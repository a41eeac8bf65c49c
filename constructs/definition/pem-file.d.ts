/** Certificates in a file beside a customer's, with the same name: `import ca from "./nordbank.pem"`. */
declare module "*.pem" {
  /** The file's text. */
  const text: string;
  export default text;
}
