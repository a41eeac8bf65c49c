/**
 * Service account whose tokens are passes to nightwatch's page: the one in a lane opens this lane, the one in nightwatch's
 * namespace all of them. It may do nothing.
 */
export const PAGE_SERVICE_ACCOUNT = "page";

/** What passes are for: the API server takes them for nothing else. */
export const PAGE_AUDIENCE = "nightlane-page";

/** Header that brings passes, one or several with a comma between; the API server forwards it as it is. */
export const PASS_HEADER = "x-nightlane-pass";

/** Header of a nightwatch that stands by and has nothing to show: another one leads. */
export const STANDBY_HEADER = "x-nightlane-stands-by";

/** Service of the page, and the name of its port. */
export const PAGE_SERVICE = { name: "nightwatch-page", port: "page" } as const;
