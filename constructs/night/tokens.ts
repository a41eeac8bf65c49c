import { NIGHTLY } from "../../runs/night-series.ts";
import { argument, input } from "./placeholders.ts";

/**
 * Placeholders that Argo replaces when a step starts. A token represents a value that only the running night knows,
 * and may be used wherever a step takes a string.
 */
export const BUSINESS_DATE = input("business-date");
export const VARIANT = input("variant");
export const ATTEMPT = input("attempt");
/** The step's name, in the templates that steps share. */
export const STEP = input("step");
export const RUN_NUMBER = argument("run-number");

/**
 * The night's directory: the same path on the customer's results volume and on the lane's. The steps of further nights
 * use it too, and get their own from `inDirectoryOf`.
 */
export const NIGHT_DIRECTORY = nightDirectory(NIGHTLY);

/** A text for the nightly ones, rewritten for the nights of a pipeline. */
export function inDirectoryOf<Text>(pipeline: string, text: Text): Text {
  return pipeline === NIGHTLY
    ? text
    : JSON.parse(JSON.stringify(text).replaceAll(NIGHT_DIRECTORY, nightDirectory(pipeline)));
}

function nightDirectory(pipeline: string): string {
  return `/results/${pipeline}/${BUSINESS_DATE}/run-${RUN_NUMBER}`;
}
