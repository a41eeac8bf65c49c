/** What a customer file imports. */
export { Duration, Size } from "cdk8s";
export { Cpu } from "cdk8s-plus-27";
export { type ChartValue, type ChartValues, type HelmApp, type HelmAppProps, helmApp } from "./apps/helm-app.ts";
export {
  DUBAI,
  FEDWIRE,
  FRANKFURT,
  HONG_KONG,
  LONDON,
  MADRID,
  MILAN,
  NEW_YORK,
  PARIS,
  RIYADH,
  SINGAPORE,
  SYDNEY,
  TARGET,
  TEL_AVIV,
  TOKYO,
  TORONTO,
  WEEKENDS,
  ZURICH,
} from "./calendars/named-calendars.ts";
export {
  type DeployedApp,
  deployedApp,
  image,
  type JvmApp,
  type PythonApp,
  riskApp,
  type SparkApp,
  sparkApp,
} from "./definition/applications.ts";
export { type CustomerCredentials, federated, gitlabFile, pulumiSecret } from "./definition/credential-reference.ts";
export {
  type ClusterProps,
  type CustomerDefinition,
  type CustomerProps,
  defineCustomer,
  type LaneProps,
  pem,
} from "./definition/customer-definition.ts";
export { type RiskWorkflow, type RiskWorkflowProps, sparkRiskWorkflow } from "./definition/risk-workflow.ts";
export { type NightDays, type NightSchedule, nightly } from "./definition/schedule.ts";
export { type CustomerPath, inPod, onResults } from "./night/customer-path.ts";
export type { Night } from "./night/night.ts";
export {
  claim,
  configMapFiles,
  configMapKey,
  type KeyReference,
  type MountedVolume,
  type PodSettings,
  type ProgramEnd,
  type Retries,
  scratch,
  secretFiles,
  secretKey,
  type Toleration,
} from "./night/pod-settings.ts";
export type { Step } from "./night/step.ts";
export type { StepGroup } from "./night/step-group.ts";
export type { DynamicAllocation, JobSettings, SparkSettings, StepDefaults } from "./night/step-settings.ts";
