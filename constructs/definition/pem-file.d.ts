/** Certificates in a file beside a customer's, of its name: `import ca from "./nordbank.pem"`. */
declare module "*.pem" {
  /** The file's text. */
  const text: string;
  export default text;
}
