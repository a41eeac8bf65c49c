import type { Alertmanager, CentralCluster, Monitoring, TokenIssuer } from "../definition/central-cluster.ts";
import { either, type Form, flag, list, number, optional, record, text } from "./form.ts";

/** A replica by its addresses or by its namespace; the checks require one of the two. */
type AnyAlertmanager = Pick<Alertmanager, "url"> & {
  readonly addresses?: readonly string[];
  readonly namespace?: string;
};

const address = text("10.64.0.20", "an IPv4 address");
const addresses = list(address, "IPv4 addresses", '["10.64.0.20"]');
const range = (example: string, of: string): Form => text(example, `the addresses of ${of}, as a CIDR`);

/** What `central.json` must be before any other check: nobody runs tsc on it. */
export const centralForm: Form = record<CentralCluster>(
  {
    apiServer: record<CentralCluster["apiServer"]>(
      {
        address: either(Array.isArray, addresses, text("10.64.0.10", "an IPv4 address, or a list of them")),
        port: number(6443),
      },
      "the API server's own endpoints: one address or several, and their port",
      '{ "address": "10.64.0.10", "port": 6443 }',
    ),
    podRange: range("10.60.0.0/16", "pods"),
    serviceRange: range("10.61.0.0/16", "Services"),
    nodeRange: range("10.64.0.0/24", "nodes"),
    argoCd: flag,
    issuer: optional(
      record<TokenIssuer>(
        {
          url: text("https://tokens.vendor.example", "the address of the issuer"),
          ca: optional(text("-----BEGIN CERTIFICATE-----...", "PEM")),
        },
        "who signs the tokens of this cluster's accounts",
        '{ "url": "https://tokens.vendor.example" }',
      ),
    ),
    webhook: optional(
      record<NonNullable<CentralCluster["webhook"]>>(
        { host: text("calls.vendor.example", "the host in the webhook's URL"), addresses, port: number(443) },
        "where notifications are sent",
        '{ "host": "calls.vendor.example", "addresses": ["10.64.0.20"], "port": 443 }',
      ),
    ),
    alertmanagers: optional(
      list(
        record<AnyAlertmanager>(
          {
            url: text("https://alerts.vendor.example:9093", "the base address of a replica"),
            addresses: optional(addresses),
            namespace: optional(text("monitoring", "the namespace of its pods")),
          },
          "a replica of the Alertmanager",
          '{ "url": "https://alerts.vendor.example:9093", "addresses": ["10.64.0.30"] }',
        ),
        "the replicas of the Alertmanager",
        '[{ "url": "https://alerts.vendor.example:9093", "addresses": ["10.64.0.30"] }]',
      ),
    ),
    runbook: optional(text("https://git.vendor.example/nights/operate.md", "the address of the runbook")),
    monitoring: optional(
      record<Monitoring>(
        { namespace: text("monitoring", "the namespace of what collects metrics"), prometheusOperator: optional(flag) },
        "who collects metrics",
        '{ "namespace": "monitoring" }',
      ),
    ),
  },
  "what lanes must know about their central cluster",
  '{ "apiServer": ..., "podRange": ..., "serviceRange": ..., "nodeRange": ..., "argoCd": true }',
);
