/** What a customer file imports. */
export { Duration, Size } from "cdk8s";
export { Cpu } from "cdk8s-plus-27";
export { type DeployedApp, deployedApp, image, riskApp, type SparkApp } from "./applications.ts";
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
export { type CustomerCredentials, gitlabFile, pulumiSecret } from "./credential-reference.ts";
export {
  type ClusterProps,
  type CustomerDefinition,
  type CustomerProps,
  defineCustomer,
  type LaneProps,
  pem,
} from "./customer-definition.ts";
export { type CustomerPath, inPod, onResults } from "./night/customer-path.ts";
export type { Night } from "./night/night.ts";
export type { Step } from "./night/step.ts";
export { type RiskWorkflow, type RiskWorkflowProps, sparkRiskWorkflow } from "./risk-workflow.ts";
export { type NightSchedule, nightly } from "./schedule.ts";
