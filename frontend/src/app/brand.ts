/** What the site calls itself. */
export const brand = "Event Platform";
