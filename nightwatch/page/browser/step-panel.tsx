import type { JSX } from "preact";
import type { RecordedAct } from "../../../runs/act.ts";
import type { PageAttempt, RunStep, RunView } from "../view/run-view.ts";
import { Command } from "./command.tsx";
import { type Group, statesOf } from "./groups.ts";
import { markOf, toneOf, wordOf } from "./step-tone.ts";
import { attemptText } from "./timeline.tsx";
import { clock, dayAndClock, length, withClocks } from "./times.ts";

/** Details of one step: possible acts, its attempts, and what people did to it. */
export function StepPanel({
  run,
  step,
  now,
}: {
  readonly run: RunView;
  readonly step: RunStep;
  readonly now: number;
}): JSX.Element {
  const acts = run.acts.filter((act) => act.step === step.name);
  const { trouble, message, state } = step;
  return (
    <section class="panel" aria-label={`Step ${step.name}`}>
      <h3 class={toneOf(state)}>
        {markOf(state)} <bdi>{step.name}</bdi> {wordOf(state)}
      </h3>
      <p class="quiet">
        {step.kind}
        {step.after.length > 0 && ` after ${step.after.slice(0, 8).join(", ")}${step.after.length > 8 ? " …" : ""}`}
      </p>
      {step.places !== undefined && <p>{step.places}</p>}
      {step.further !== undefined && <p>{attemptText(step)}, by itself</p>}
      {trouble !== undefined && (
        <p class="red">
          {trouble.text}
          {trouble.since === undefined ? "" : ` since ${clock(trouble.since)}`}: <bdi>{trouble.sentence}</bdi>
        </p>
      )}
      {message !== undefined && trouble === undefined && message !== step.attempts.at(-1)?.message && (
        <p>
          <bdi>{withClocks(message)}</bdi>
        </p>
      )}
      {step.approval !== undefined && (
        <p>
          {step.approval.by.length} of {step.approval.people} people
          {step.approval.group === undefined ? "" : ` of ${step.approval.group}`} have approved
          {step.approval.by.length === 0 ? "" : ": "}
          <bdi>{step.approval.by.join(", ")}</bdi>
        </p>
      )}
      {step.possible.map(({ verb, command, effect }) => (
        <Command key={verb} command={command} effect={effect} />
      ))}
      <Command command={step.logs} />
      {step.attempts.length > 0 && <Attempts attempts={step.attempts} now={now} />}
      <Acts acts={acts} />
    </section>
  );
}

function Attempts({ attempts, now }: { readonly attempts: readonly PageAttempt[]; readonly now: number }): JSX.Element {
  return (
    <table>
      <caption class="unseen">Attempts</caption>
      <thead>
        <tr>
          <th scope="col">Attempt</th>
          <th scope="col">From</th>
          <th scope="col">Took</th>
          <th scope="col">Ended</th>
          <th scope="col">Remote Job</th>
          <th scope="col">Results</th>
        </tr>
      </thead>
      <tbody>
        {attempts.map((attempt) => {
          const {
            number,
            startedAt,
            finishedAt,
            phase,
            exitCode,
            runners,
            remoteJob,
            sha256,
            figures = [],
            logEnd = [],
          } = attempt;
          return [
            <tr key={number}>
              <td>{number === 0 ? "taken over" : number}</td>
              <td>{startedAt === undefined ? "" : clock(startedAt)}</td>
              <td>{startedAt === undefined ? "" : length((finishedAt ?? now) - startedAt)}</td>
              <td class={phase === "Failed" || phase === "Error" ? "red" : ""}>
                {phase.toLowerCase()}
                {exitCode === undefined || exitCode === 0 ? "" : `, exit code ${exitCode}`}
                {runners > 1 ? `, ${runners} runners` : ""}
              </td>
              <td>
                <bdi>{remoteJob ?? ""}</bdi>
              </td>
              <td title={sha256}>{sha256?.slice(0, 12) ?? ""}</td>
            </tr>,
            figures.length > 0 ? (
              <tr key={`${number}-figures`}>
                <td />
                <td colSpan={5}>
                  {figures.map((figure) => (
                    <div key={figure}>
                      <bdi>{figure}</bdi>
                    </div>
                  ))}
                </td>
              </tr>
            ) : null,
            attempt.message !== undefined || logEnd.length > 0 ? (
              <tr key={`${number}-said`}>
                <td />
                <td colSpan={5}>
                  <bdi>{attempt.message}</bdi>
                  {logEnd.length > 0 && (
                    <pre>
                      <bdi>{logEnd.join("\n")}</bdi>
                    </pre>
                  )}
                </td>
              </tr>
            ) : null,
          ];
        })}
      </tbody>
    </table>
  );
}

/** What people did, oldest first. */
export function Acts({ acts }: { readonly acts: readonly RecordedAct[] }): JSX.Element | null {
  return acts.length === 0 ? null : (
    <ul class="acts">
      {acts.map(({ id, at, verb, by, reason, step }) => (
        <li key={id}>
          <time dateTime={at}>{dayAndClock(Date.parse(at))}</time> <b>{verb}</b> {step ?? ""} by <bdi>{by}</bdi>:{" "}
          <bdi>{reason}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** Steps that are alike, one line each. */
export function GroupPanel({
  group,
  onSelect,
}: {
  readonly group: Group;
  readonly onSelect: (name: string) => void;
}): JSX.Element {
  return (
    <section class="panel" aria-label={`Steps ${group.name}`}>
      <h3 class={toneOf(group.state)}>
        {group.name}: {statesOf(group.members)}
      </h3>
      <ul class="members">
        {group.members.map(({ name, state }) => (
          <li key={name}>
            <button
              type="button"
              class={toneOf(state)}
              title={`${name}: ${wordOf(state)}`}
              onClick={() => onSelect(name)}
            >
              {markOf(state)} {name}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
