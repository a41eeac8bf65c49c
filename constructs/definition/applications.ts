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

/** An application deployed in the customer's cluster, found by its pods' labels. */
export function deployedApp(app: DeployedApp): DeployedApp {
  return app;
}

/** A Spark application: an image and the main program in it. */
export interface SparkApp {
  /** Image by digest; its entrypoint takes `driver <main> [arguments]` and `executor`. */
  readonly image: string;
  /** Absolute path of the main program in the image. */
  readonly main: string;
}

/** A main program of the vendor's risk application, by its file name: `riskApp("var_es.py")`. */
export function riskApp(script: string, image: ImageName = "risk"): SparkApp {
  return { image: images()[image], main: typeof script === "string" ? `/opt/risk/jobs/${script}` : script };
}

/** An image of this deployment, by digest: for the values of a chart. */
export function image(name: ImageName): string {
  return images()[name];
}
