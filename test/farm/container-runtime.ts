import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { CONTAINERD_SOCKET } from "./node.ts";
import type { Sandbox } from "./sandbox.ts";

/** An empty gRPC message: not compressed, no bytes. */
const EMPTY_MESSAGE = Buffer.alloc(5);

/** Milliseconds after which a runtime that stays silent does not answer yet. */
const ANSWER_MILLISECONDS = 2000;

/**
 * Whether the container runtime answers the kubelet: the Version call of the Container Runtime Interface. containerd
 * accepts other calls before that, and a kubelet that starts in between ends at once.
 * @see https://github.com/kubernetes/cri-api/blob/v0.35.0/pkg/apis/runtime/v1/api.proto
 */
export async function runtimeAnswers(sandbox: Sandbox): Promise<boolean> {
  const socket = `/proc/${sandbox.init.pid}/root${CONTAINERD_SOCKET}`;
  return new Promise((resolve) => {
    const session = connectHttp2("http://localhost", { createConnection: () => connect(socket) });
    const end = (answers: boolean): void => {
      session.destroy();
      resolve(answers);
    };
    session.on("error", () => end(false));
    const call = session.request({
      ":method": "POST",
      ":path": "/runtime.v1.RuntimeService/Version",
      "content-type": "application/grpc",
      te: "trailers",
    });
    let answered = false;
    const take = (headers: Readonly<Record<string, unknown>>): void => {
      answered ||= headers["grpc-status"] === "0";
    };
    call.on("response", take);
    call.on("trailers", take);
    call.on("error", () => end(false));
    call.on("close", () => end(answered));
    call.setTimeout(ANSWER_MILLISECONDS, () => end(false));
    call.resume();
    call.end(EMPTY_MESSAGE);
  });
}
