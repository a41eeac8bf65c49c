import { type BadInput, each, eachSpark, eachStep, SECRET } from "./bad-input.ts";

/** Secrets under any name, values from a result inside a text, and paths that leave the night. */
export const texts: readonly BadInput[] = [
  ...eachSpark("env", [
    ...["RUN_DATE", "ANY"].map((name) => `{ ${name}: "glpat-${SECRET}1234567890" }`),
    `{ CERTIFICATE: "-----BEGIN PRIVATE KEY-----\\n${SECRET}\\n-----END PRIVATE KEY-----" }`,
    `{ DB_URL: "jdbc:postgresql://risk:${SECRET}@db.bank.example/risk" }`,
    ...["API_KEY", "PGPASS", "PGPASSWORD", "DB_PWD", "TOKEN_PROD", "PASSPHRASE"].map(
      (name) => `{ ${name}: "${SECRET}" }`,
    ),
    `{ CONNECTION: "Server=x;Password=${SECRET}" }`,
    `{ JSON: '{"password": "${SECRET}"}' }`,
    `{ ACCOUNT: "AKIAABCDEFGHIJKLMNOP" }`,
  ]),
  ...each("moreNight", "workflow.defaults.spark.env", [`defaults: { spark: { env: { API_KEY: "${SECRET}" } } }`]),
  {
    places: { before: "const market = {};", moreNight: 'defaults: { spark: { labels: { a: "" + market } } }' },
    property: "workflow.defaults.spark.labels",
  },
  ...eachSpark("args", [`["--password", "${SECRET}"]`, `["--db.token", "${SECRET}"]`], 'workflow.steps["s"].args[1]'),
  ...eachSpark("args", [`["--password=${SECRET}"]`, `["s3://u:${SECRET}@bucket"]`], 'workflow.steps["s"].args[0]'),
  ...eachSpark("conf", [`{ "spark.any": "glpat-${SECRET}1234567890" }`], 'workflow.steps["s"].conf["spark.any"]'),
  ...eachSpark("jvmOptions", [`["-Djavax.net.ssl.trustStorePassword=${SECRET}"]`], 'workflow.steps["s"].jvmOptions[0]'),
  ...eachSpark("annotations", [`{ note: "token=${SECRET}" }`], 'workflow.steps["s"].annotations.note'),
  ...eachStep(
    (word) => `night.exec("e", { app: pricing, command: ["/x", ${word}] });`,
    'workflow.steps["e"].command[1]',
    [`"--password=${SECRET}"`, "String(night.number(reval, 'a.json#b'))", "'--step=' + market", 'night.path("../x")'],
  ),
  ...eachSpark(
    "args",
    [
      "['x=' + night.number(reval, 'a.json#b')]",
      "[String(secretKey('a', 'b'))]",
      "[String(Size.gibibytes(2))]",
      "[String(Promise.resolve())]",
      'night.path("../../../etc")',
      'night.path("/abs")',
      'night.path("a/../../b")',
      '"cat " + night.path("a") + " " + night.path("..")',
      'night.path("..") + "/x"',
    ].map((word) => (word.startsWith("[") ? word : `[${word}]`)),
    'workflow.steps["s"].args[0]',
  ),
  ...eachSpark("env", ['{ OUT: night.path("../x") }', '{ OUT: "" + pricing }'], 'workflow.steps["s"].env.OUT'),
];
