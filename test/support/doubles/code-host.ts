import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** One comment of a pull request. */
export interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string; readonly type: "Bot" | "User" };
  readonly author: { readonly username: string };
}

/** A code host on loopback, as far as comments go: GitHub's way below /api, GitLab's below /v4. */
export interface CodeHost {
  readonly url: string;
  readonly comments: Comment[];
  /** Requests so far, as "PATCH /api/…". */
  readonly asked: string[];
  add(body: string, login: string, type?: "Bot" | "User"): void;
  /** Whom the token belongs to; nobody says so for a workflow's own token. @default undefined */
  me: string | undefined;
  close(): Promise<void>;
}

const token = "token-of-the-code-host-8472";
/** The token the host takes, in the variables of both. */
export const tokens = { GH_TOKEN: token, GITLAB_TOKEN: token };

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? "" : (JSON.parse(Buffer.concat(chunks).toString()) as { body: string }).body;
}

/** Starts a code host with one empty pull request, number 7 of o/r, which is request 7 of project 12 too. */
export async function codeHost(): Promise<CodeHost> {
  let last = 40;
  const comments: Comment[] = [];
  const add = (body: string, login: string, type: "Bot" | "User" = "User"): void => {
    last += 1;
    comments.push({ id: last, body, user: { login, type }, author: { username: login } });
  };
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    asked.push(`${request.method} ${pathname}`);
    const answer = (status: number, value?: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(value && JSON.stringify(value));
    };
    const given = request.headers["private-token"] ?? request.headers.authorization?.replace("Bearer ", "");
    if (given !== token) return answer(401, { message: "bad credentials" });
    const text = await bodyOf(request);
    const { method } = request;
    if (/^\/(?:api|v4)\/user$/.test(pathname))
      return host.me === undefined ? answer(403, {}) : answer(200, { login: host.me, username: host.me });
    if (/^\/api\/repos\/o\/r\/issues\/7\/comments$|^\/v4\/projects\/12\/merge_requests\/7\/notes$/.test(pathname)) {
      if (method === "GET") {
        const begin = (Number(searchParams.get("page")) - 1) * 2; // two a page
        return answer(200, comments.slice(begin, begin + 2));
      }
      add(text, host.me ?? "github-actions[bot]", host.me === undefined ? "Bot" : "User");
      return answer(201, comments.at(-1));
    }
    const id = Number(
      /^\/api\/repos\/o\/r\/issues\/comments\/(\d+)$|\/notes\/(\d+)$/.exec(pathname)?.slice(1).join(""),
    );
    const at = comments.findIndex((one) => one.id === id);
    const found = comments[at];
    if (found === undefined) return answer(404, { message: "not found" });
    if (method === "DELETE") {
      comments.splice(at, 1);
      return answer(204);
    }
    if (method !== (pathname.startsWith("/v4") ? "PUT" : "PATCH")) return answer(405, {});
    found.body = text;
    return answer(200, found);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const host: CodeHost = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    comments,
    asked,
    add,
    me: undefined,
    close: () => new Promise((done) => server.close(() => done())),
  };
  return host;
}

/** What a CI says of the pull request, for either way. */
export const ciEnvironment = (host: CodeHost, kind: "GitHub" | "GitLab"): NodeJS.ProcessEnv =>
  kind === "GitHub"
    ? { GITHUB_REPOSITORY: "o/r", GITHUB_REF: "refs/pull/7/merge", GITHUB_API_URL: `${host.url}/api` }
    : { CI_API_V4_URL: `${host.url}/v4`, CI_PROJECT_ID: "12", CI_MERGE_REQUEST_IID: "7" };
