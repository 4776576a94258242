import type { EventStatus } from "../../api/types";

export const statusText: Record<EventStatus, string> = { draft: "Draft", published: "On sale", cancelled: "Cancelled", completed: "Over" };
