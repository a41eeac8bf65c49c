/**
 * Service account whose tokens are passes to nightwatch's page: the one in a lane opens that lane, the one in nightwatch's
 * namespace all lanes. It has no rights.
 */
export const PAGE_SERVICE_ACCOUNT = "page";

/** Audience of passes: the API server accepts them for nothing else. */
export const PAGE_AUDIENCE = "nightlane-page";

/** Header with one or several passes, separated by commas; the API server forwards it unchanged. */
export const PASS_HEADER = "x-nightlane-pass";

/** Header in answers of a nightwatch on standby, which has nothing to show. */
export const STANDBY_HEADER = "x-nightlane-stands-by";

/** Service of the page, and the name of its port. */
export const PAGE_SERVICE = { name: "nightwatch-page", port: "page" } as const;
