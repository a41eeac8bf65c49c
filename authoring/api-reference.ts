/**
 * What a customer file may use, for `npm run docs:api`: everything that it imports, and the types that those refer to,
 * which a reader wants to look up and nobody imports. TypeDoc fails where one is missing.
 */
export type { CalendarName } from "../constructs/calendars/named-calendars.ts";
export type {
  CredentialReference,
  Federated,
  GitlabFile,
  PulumiSecret,
} from "../constructs/definition/credential-reference.ts";
export type { ClusterCapacity, ProxyProps } from "../constructs/definition/customer-definition.ts";
export type { ImageName } from "../constructs/definition/images.ts";
export type { CalendarDays, NightlyOptions, Weekday } from "../constructs/definition/schedule.ts";
export * from "../constructs/index.ts";
export type {
  CopyInOptions,
  CopyOutOptions,
  ExecOptions,
  Figure,
  GateOptions,
  JobOptions,
  ReadsResults,
  ResultValue,
  ShowsFigures,
  SparkOptions,
  StepCondition,
  StepOptions,
  StepWork,
  Word,
} from "../constructs/night/step.ts";
export type { JobSizes, SparkSizes } from "../constructs/night/step-settings.ts";
