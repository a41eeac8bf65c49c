/** Which folder may import which; CONTRIBUTING.md says why. Everything else may import what it likes. */

/** @type {(name: string, comment: string, from: object, to: object) => import("dependency-cruiser").IForbiddenRuleType} */
const forbidden = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

/** Libraries and the settings at the top level are open to all. */
const own = { pathNot: "^node_modules|^[^/]+\\.json$|^tsx/", dependencyTypesNot: ["core"] };

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    forbidden("no-circle", "Each file can be read without the one that reads it.", {}, { circular: true }),
    forbidden(
      "test-is-imported-by-nothing",
      "The product works without what proves it.",
      { pathNot: "^(test/|vitest\\.config\\.ts$)" },
      { path: "^test/" },
    ),
    forbidden(
      "settings-are-read",
      "What people write is read, so that a mistake in it is told; an import would end a program before it can say anything.",
      { pathNot: "^test/" },
      { path: "^(central|images|versions)\\.json$|(^|/)(waves|earlier-images)\\.json$" },
    ),
    forbidden(
      "customers-import-constructs",
      "A customer file says what the customer is, with the library's words, what customers share and its own certificates.",
      { path: "^customers/([^/.]+)" },
      { path: "^(?!constructs/index\\.ts$|customers/shared/)", ...own, pathNot: [own.pathNot, "^customers/$1\\.pem$"] },
    ),
    forbidden(
      "runs-stands-alone",
      "What a run is must be readable by the command, the service and the tests alike.",
      { path: "^runs/" },
      { path: "^(?!runs/)", ...own },
    ),
    forbidden(
      "constructs-know-no-deployment",
      "Manifests are made without Pulumi, a cluster or a command.",
      { path: "^constructs/" },
      { path: "^(?!constructs/|runs/)", ...own },
    ),
    forbidden(
      "constructs-know-no-pulumi",
      "Manifests are made without Pulumi, a cluster or a command.",
      { path: "^(constructs|runs)/" },
      { path: "(^|node_modules/)(@pulumi|@kubernetes/client-node)" },
    ),
    forbidden(
      "api-stands-alone",
      "The one client of the API server knows nothing of what is asked of it.",
      { path: "^api/" },
      { path: "^(?!api/)", ...own },
    ),
    forbidden(
      "infra-deploys",
      "Stacks are made of what constructs give, and of nothing that the prover refuses.",
      { path: "^infra/" },
      { path: "^(?!infra/|constructs/|runs/|api/|isolation/)", ...own },
    ),
    forbidden(
      "infra-deploys-what-is-proved",
      "Objects are made in infra/proved.ts alone, where the rules of isolation are validations that nobody can forget.",
      { path: "^infra/", pathNot: "^infra/proved\\.ts$" },
      {
        path: "^constructs/(synthesize|platform/platform|platform/fingerprints)\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    ),
    forbidden(
      "ops-and-nightwatch-stay-apart",
      "The command works while the service is down, and the other way round; what both need is in runs/ and api/.",
      { path: "^(ops|nightwatch)/" },
      { path: "^(?!$1/|constructs/|runs/|api/)", ...own },
    ),
    forbidden(
      "isolation-proves-manifests",
      "The prover reads manifests and definitions; it must not share code with what it judges beyond those.",
      { path: "^isolation/" },
      { path: "^(ops|nightwatch|pipeline|authoring|customers|infra)/" },
    ),
    forbidden(
      "authoring-helps-authors",
      "Help while a customer file is written needs the library alone.",
      { path: "^authoring/" },
      { path: "^(?!authoring/|constructs/|runs/)", ...own },
    ),
    forbidden(
      "release-takes-what-was-built",
      "A release brings archives into a registry; who built them, and from what, it is told.",
      { path: "^pipeline/release/" },
      { path: "^(?!pipeline/release/|constructs/definition/)", ...own },
    ),
    forbidden(
      "pipeline-calls-down",
      "What CI calls uses stacks and prover, never an operator's verbs.",
      { path: "^pipeline/" },
      { path: "^(ops|nightwatch|customers)/" },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|examples/risk)" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    moduleSystems: ["es6"],
  },
};
