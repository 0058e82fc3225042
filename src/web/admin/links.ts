/** The addresses of the operator's pages. Ids are any text of senders, so they are percent-encoded. */
export const ADMIN_PATH = '/admin';
export const LOGIN_PATH = '/admin/login';
export const LOGOUT_PATH = '/admin/logout';
export const FIND_PATH = '/admin/find';
export const OVERVIEW_STREAM_PATH = '/admin/overview/stream';
export const FAILED_PATH = '/admin/failed';
export const APPLICATIONS_PATH = '/admin/applications';
/** Shows what is about to be replayed. */
export const CONFIRM_REPLAY_PATH = '/admin/failed/confirm';
export const REPLAY_FAILED_PATH = '/admin/failed/replay';
/** The page of docs/operations.md. */
export const RUNBOOK_PATH = '/admin/operations';
export const STYLES_PATH = '/admin/styles.css';
export const BOARD_STYLES_PATH = '/admin/board.css';
export const SCRIPT_PATH = '/admin/live.js';

export const applicationLink = (id: string): string => `${APPLICATIONS_PATH}/${encodeURIComponent(id)}`;
/** Which applications to list. */
export interface OutcomeFilter {
  status?: string | undefined;
  reason?: string | undefined;
  job_id?: string | undefined;
  cursor?: string | undefined;
}
/** Returns the list of the applications with an outcome. */
export const applicationsLink = (filter: OutcomeFilter): string => {
  const chosen = Object.entries(filter).filter((one): one is [string, string] => one[1] !== undefined);
  return chosen.length === 0
    ? APPLICATIONS_PATH
    : `${APPLICATIONS_PATH}?${new URLSearchParams(chosen).toString()}`;
};
export const jobLink = (job_id: string): string => applicationsLink({ job_id });
export const replayLink = (id: string): string => `${applicationLink(id)}/replay`;
/** Returns the page of an application that was replayed, which reloads itself. @param reloads how often it did */
export const replayedLink = (id: string, reloads: number): string =>
  `${applicationLink(id)}?replayed=${reloads}`;
export const conversationLink = (id: string): string => `/admin/conversations/${encodeURIComponent(id)}`;
export const candidateLink = (id: string): string => `/admin/candidates/${encodeURIComponent(id)}`;
/** Returns the page of the FAILED applications with this error. */
export const failureGroupLink = (reason: string, cursor?: string): string =>
  `${FAILED_PATH}?${new URLSearchParams({ reason, ...(cursor !== undefined && { cursor }) }).toString()}`;
export const replayRunLink = (id: string): string => `/admin/failed/replays/${encodeURIComponent(id)}`;
export const loginLink = (next: string): string =>
  `${LOGIN_PATH}?${new URLSearchParams({ next }).toString()}`;

/** Any origin will do: it only shows whether a path leads away from it. */
const BASE = 'http://conv.invalid';

/** Returns where to go after a login: the wanted page if it is one of the operator's, else the start page. */
export function pageAfterLogin(wanted: string): string {
  if (!URL.canParse(wanted, BASE)) return ADMIN_PATH;
  const { origin, pathname, search } = new URL(wanted, BASE);
  const isPage = pathname === ADMIN_PATH || pathname.startsWith(`${ADMIN_PATH}/`);
  const isLogin = pathname === LOGIN_PATH || pathname === LOGOUT_PATH;
  return origin === BASE && isPage && !isLogin ? pathname + search : ADMIN_PATH;
}
