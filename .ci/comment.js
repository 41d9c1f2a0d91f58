#!/usr/bin/env node
// Keeps one comment of a pull request up to date: .ci/comment.js <file> [number]
// The file's first line is the mark by which the comment is found again, <!-- hardened:‹word› -->. The code of the change wrote the file, so it is only ever
// a text: a link, another mark or more than 1 MiB is refused, and it is to be run from the base, not from the change. Works where the environment names the place, as their CI does:
//   GitHub, Gitea, Forgejo  GITHUB_REPOSITORY, GITHUB_REF or the number, GH_TOKEN or GITHUB_TOKEN, GITHUB_API_URL (default https://api.github.com)
//   GitLab                  CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID or the number, GITLAB_TOKEN (a project token that may write notes)
// Ends with 0, also where there is no pull request to comment on; 1 when the comment cannot be written. Needs nothing but Node 24.15 or newer.
const { lstatSync, readFileSync } = require("node:fs");

class Trouble extends Error {}

/** Where comments are, and how this code host wants to be asked; undefined outside of pull requests. */
function placeOf(env, number) {
  if (env.CI_API_V4_URL) {
    const request = number ?? env.CI_MERGE_REQUEST_IID;
    if (!request) return undefined;
    const notes = `${env.CI_API_V4_URL}/projects/${encodeURIComponent(env.CI_PROJECT_ID)}/merge_requests/${request}/notes`;
    return {
      comments: notes,
      comment: (id) => `${notes}/${id}`,
      user: `${env.CI_API_V4_URL}/user`,
      update: "PUT",
      token: needed(env, ["GITLAB_TOKEN"]),
      headers: (token) => ({ "private-token": token }),
      isOwn: ({ author }, me) => me !== undefined && author?.username === me.username,
    };
  }
  if (!env.GITHUB_REPOSITORY) return undefined;
  const api = env.GITHUB_API_URL || "https://api.github.com";
  const request = number ?? /^refs\/pull\/(\d+)\//.exec(env.GITHUB_REF ?? "")?.[1];
  if (!request) return undefined;
  const issues = `${api}/repos/${env.GITHUB_REPOSITORY}/issues`;
  return {
    comments: `${issues}/${request}/comments`,
    comment: (id) => `${issues}/comments/${id}`,
    user: `${api}/user`,
    update: "PATCH",
    token: needed(env, ["GH_TOKEN", "GITHUB_TOKEN"]),
    headers: (token) => ({ authorization: `Bearer ${token}`, accept: "application/json" }),
    // A workflow's own token is nobody's: its comments are a bot's. Anybody may write a comment that begins with the mark.
    isOwn: ({ user }, me) => (me === undefined ? user?.type === "Bot" : user?.login === me.login),
  };
}

function needed(env, names) {
  const name = names.find((one) => env[one]);
  if (name === undefined) throw new Trouble(`${names.join(" or ")} is not set: a token that may write comments`);
  return env[name];
}

/** A link could lead to a file with a secret, which the comment would then show. */
function textOf(file) {
  const found = lstatSync(file);
  if (!found.isFile()) throw new Trouble(`${file} is not a plain file`);
  if (found.size > 2 ** 20) throw new Trouble(`${file} has ${found.size} bytes, at most 1 MiB is taken`);
  return readFileSync(file, "utf8");
}

async function main([file, number], env) {
  if (!file) throw new Trouble("usage: .ci/comment.js <file> [number]");
  const place = placeOf(env, number);
  if (place === undefined) return "no pull request here: nothing to comment on";
  const { comments, comment, user, update, isOwn } = place;

  async function ask(method, url, body) {
    const headers = { ...place.headers(place.token), "content-type": "application/json", "user-agent": "hardened" };
    const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) }).catch((error) => {
      throw new Trouble(`${method} ${url}: no answer (${error.cause?.code ?? error.message})`);
    });
    if (answer.ok) return answer.status === 204 ? undefined : answer.json();
    if (method === "GET" && url === user) return undefined;
    throw new Trouble(
      `${method} ${url}: ${answer.status}${[401, 403].includes(answer.status) ? ", the token may not" : ""}`,
    );
  }

  const body = textOf(file);
  const mark = body.split("\n")[0];
  // By any other first line comments would be found, changed and deleted that are none of ours.
  if (!/^<!-- hardened:[a-z-]+ -->$/.test(mark))
    throw new Trouble(`${file} does not begin with a line such as <!-- hardened:review -->`);
  const me = await ask("GET", user);
  const seen = new Map();
  // Gitea gives all comments at once and again for every page.
  for (let page = 1, known = -1; seen.size > known; page += 1) {
    known = seen.size;
    for (const one of await ask("GET", `${comments}?per_page=100&page=${page}`)) seen.set(one.id, one);
  }
  const own = [...seen.values()].filter((one) => one.body?.startsWith(mark) && isOwn(one, me)).map(({ id }) => id);
  const [first, ...more] = own;
  if (first === undefined) await ask("POST", comments, { body });
  else await ask(update, comment(first), { body });
  for (const id of more) await ask("DELETE", comment(id));
  return first === undefined ? "comment written" : "comment brought up to date";
}

main(process.argv.slice(2), process.env).then(console.log, (error) => {
  console.error(error instanceof Trouble || error.code === "ENOENT" ? `comment: ${error.message}` : error);
  process.exitCode = 1;
});
