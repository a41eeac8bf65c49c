import { type Finding, findingsOf, type Proof } from "../prove.ts";
import { escapeText } from "./escape-text.ts";

/** A proof as a JUnit file, as GitLab shows it in a merge request: one test case a rule, and one for the matrix. */
export function junitReport(proof: Proof): string {
  const cases = [
    ...proof.rules.map(({ rule, findings, examined }) =>
      testCase(`${rule.number} ${rule.name}`, findings, `${rule.info}`, `${examined} ${rule.unit}`),
    ),
    testCase(
      "access matrix and waivers",
      proof.others,
      "a way that no rule reports, or an expired waiver",
      `${proof.matrix.cells} cells`,
    ),
  ];
  const failures = [...proof.rules.map(({ findings }) => findings), proof.others].filter(
    ({ length }) => length > 0,
  ).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="isolation" tests="${cases.length}" failures="${failures}">`,
    `  <testsuite name="isolation" tests="${cases.length}" failures="${failures}" errors="0" skipped="0">`,
    `    <properties><property name="customers" value="${proof.customers.length}"/><property name="findings" value="${findingsOf(proof).length}"/></properties>`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(name: string, findings: readonly Finding[], info: string, examined: string): string {
  const output = `<system-out>${escapeText(`examined ${examined}`)}</system-out>`;
  const failure =
    findings.length === 0
      ? ""
      : `<failure message="${escapeText(`${findings.length} findings: ${info}`)}">${escapeText(findings.map(show).join("\n"))}</failure>`;
  return `    <testcase classname="isolation" name="${escapeText(name)}">${failure}${output}</testcase>`;
}

function show({ object, message, fix }: Finding): string {
  return `${object}: ${message}\n  fix: ${fix}`;
}
