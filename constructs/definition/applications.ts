import { nearName } from "../form/near-name.ts";
import { FileRefusal } from "../night/refusal.ts";
import { type ImageName, images } from "./images.ts";

/** An application that already runs in the customer's cluster and whose pods `exec` and copy steps enter. */
export interface DeployedApp {
  /** Labels that select exactly this application's pods in the customer's namespace. */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Container to enter.
   * @default - the pod's first container
   */
  readonly container?: string;
}

/**
 * An application deployed in the customer's cluster, found by its pods' labels.
 * @example
 * ```ts
 * const pricing = deployedApp({ labels: { "app.kubernetes.io/name": "pricing-engine" } });
 * ```
 */
export function deployedApp(app: DeployedApp): DeployedApp {
  return app;
}

/**
 * A Spark application: an image whose entrypoint follows the contract of Apache Spark's own images, and the program in
 * it. It has either `main`, or `mainClass` and `jar`.
 */
export interface SparkApp {
  /** Image by digest. */
  readonly image: string;
  /**
   * Absolute path of a Python program in the image.
   * @default - the program is a class in a jar
   */
  readonly main?: string;
  /**
   * Main class of a JVM program: `"example.SparkPi"`.
   * @default - the program is in Python
   */
  readonly mainClass?: string;
  /**
   * Absolute path in the image of the jar that holds the main class.
   * @default - the program is in Python
   */
  readonly jar?: string;
  /**
   * Absolute paths in the image of further jars.
   * @default - only those of Spark
   */
  readonly jars?: readonly string[];
  /**
   * Absolute paths in the image of Python files or archives that a program imports.
   * @default - what the image's Python finds by itself
   */
  readonly pyFiles?: readonly string[];
}

/** A Python program on Spark. */
export type PythonApp = SparkApp & { readonly main: string; readonly mainClass?: never; readonly jar?: never };

/** A JVM program on Spark. */
export type JvmApp = SparkApp & { readonly main?: never; readonly mainClass: string; readonly jar: string };

/**
 * A Spark application in an image of your own: `sparkApp({ image, main: "/opt/risk/var.py" })`, or
 * `sparkApp({ image, mainClass: "example.SparkPi", jar: "/opt/jobs/pi.jar" })`.
 * @example
 * ```ts
 * const image = `registry.seebank.example/risk@sha256:${"0".repeat(64)}`;
 * const varEs = sparkApp({ image, main: "/opt/risk/var.py" });
 * const curves = sparkApp({ image, mainClass: "example.Curves", jar: "/opt/jobs/curves.jar" });
 * ```
 * @see https://spark.apache.org/docs/latest/running-on-kubernetes.html
 */
export function sparkApp(app: PythonApp | JvmApp): SparkApp {
  return app;
}

/**
 * A main program of the vendor's risk application, by its file name: `riskApp("var_es.py")`.
 * @example
 * ```ts
 * night.spark("var-es", { app: riskApp("var_es.py"), after: scenarios });
 * ```
 */
export function riskApp(script: string, image?: ImageName): SparkApp {
  return { image: imageNamed(image ?? "risk"), main: typeof script === "string" ? `/opt/risk/jobs/${script}` : script };
}

/**
 * An image of this deployment, by digest: for the values of a chart.
 * @example
 * ```ts
 * const pricing = helmApp({
 *   repository: "https://git.seebank.example/apps.git",
 *   revision: "v1.4.0",
 *   chart: "charts/pricing-engine",
 *   values: { image: image("risk") },
 * });
 * ```
 */
export function image(name: ImageName): string {
  return imageNamed(name);
}

function imageNamed(name: ImageName): string {
  const all = images();
  if (typeof name === "string" && !Object.hasOwn(all, name)) {
    const known = Object.keys(all);
    const rule = `an image of this deployment: ${known.join(", ")}; write one of your own by its digest`;
    throw new FileRefusal(`the image ${JSON.stringify(name)}`, rule, `write "${nearName(name, known) ?? "risk"}"`);
  }
  return all[name];
}
