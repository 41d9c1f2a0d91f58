import { strict as assert } from "node:assert";
import { eventually } from "../run";

/** A Dagster webserver, asked as its page asks it. */
export interface Dagster {
  graphql(query: string, variables: object): Promise<Record<string, unknown>>;
  /** Waits until the code location floe is loaded: its code server may just have been replaced. */
  loaded(): Promise<void>;
  /** Starts a run of a job of the code location floe, and returns its id. */
  launch(jobName: string): Promise<string>;
  /** The state a run ended in, once it has. */
  ended(runId: string): Promise<string>;
}

/** `url`: where it answers just now. */
export function dagsterAt(url: () => string): Dagster {
  const graphql = async (query: string, variables: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url()}/graphql`, {
      method: "POST",
      // a connection of its own: the server closes an idle one at a moment of its choice
      headers: { "content-type": "application/json", connection: "close" },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: Record<string, unknown>; errors?: unknown };
    assert.equal(errors, undefined, JSON.stringify(errors));
    return data ?? {};
  };
  const loaded = async (): Promise<void> => {
    const query = `{ workspaceOrError { ... on Workspace { locationEntries {
      name loadStatus locationOrLoadError { __typename ... on PythonError { message } }
    } } } }`;
    let said = "";
    const ask = async (): Promise<boolean> => {
      said = JSON.stringify((await graphql(query, {})).workspaceOrError);
      return /"name":"floe","loadStatus":"LOADED","locationOrLoadError":{"__typename":"RepositoryLocation"/.test(said);
    };
    // Dagster itself loads a location again every 10 s whose server it could not reach (dagster/_grpc/server_watcher.py)
    await eventually("the code location is loaded", ask, 30_000).catch((error: Error) => {
      throw new Error(`${error.message}: ${said}`);
    });
  };
  const launch = async (jobName: string): Promise<string> => {
    const data = await graphql(
      `mutation ($selector: JobOrPipelineSelector!) {
        launchRun(executionParams: { selector: $selector }) {
          __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
        }
      }`,
      { selector: { repositoryLocationName: "floe", repositoryName: "__repository__", jobName } },
    );
    const { run } = data.launchRun as { run?: { runId: string } };
    assert.ok(run, JSON.stringify(data));
    return run.runId;
  };
  const ended = (runId: string): Promise<string> =>
    eventually(
      "the run has ended",
      async () => {
        const data = await graphql("query ($runId: ID!) { runOrError(runId: $runId) { ... on Run { status } } }", {
          runId,
        });
        const { status } = data.runOrError as { status: string };
        return ["SUCCESS", "FAILURE", "CANCELED"].includes(status) ? status : undefined;
      },
      180_000,
    );
  return { graphql, loaded, launch, ended };
}
