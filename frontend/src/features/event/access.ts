/** The access code that somebody entered for an event: in memory alone, until the page is left or loaded anew. */
import { useSyncExternalStore } from "react";
import { isProblem } from "../../api/problem";
import type { Event, TicketType } from "../../api/types";

export interface Access {
  /** Empty for none. */
  code: string;
  /** What the platform last said against it. */
  fault?: "required" | "wrong";
}

const none: Access = { code: "" };
const entered = new Map<string, Access>();
const listeners = new Set<() => void>();

export function accessTo(eventId: string): Access {
  return entered.get(eventId) ?? none;
}

function set(eventId: string, access: Access): void {
  entered.set(eventId, access);
  for (const listener of listeners) listener();
}

export function enterCode(eventId: string, code: string): void {
  set(eventId, { code: code.trim() });
}

/** Keeps in mind what was said against the code, to be shown where it is entered; other errors say nothing of it. */
export function noteRefusal(eventId: string, error: unknown): void {
  const { code } = accessTo(eventId);
  if (isProblem(error, "access_code_wrong")) set(eventId, { code, fault: "wrong" });
  if (isProblem(error, "access_code_required")) set(eventId, { code, fault: "required" });
}

/** Whether it is said at the field for the code. */
export function isAccessProblem(error: unknown): boolean {
  return isProblem(error, "access_code_wrong") || isProblem(error, "access_code_required");
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useAccess(eventId: string): Access {
  return useSyncExternalStore(subscribe, () => accessTo(eventId));
}

/** The event's ticket types that want a code. */
export function codedTypes(event: Event): TicketType[] {
  return event.ticket_types.filter(({ access_code_required }) => access_code_required);
}

/** Whether a ticket type can't be chosen before a code is entered. Which of them the code opens only the platform knows. */
export function isLocked({ access_code_required }: TicketType, { code }: Access): boolean {
  return access_code_required && code === "";
}

/** A request with the code that was entered, if one was. */
export function withCode<T extends object>(eventId: string, body: T): T & { access_code?: string } {
  const { code } = accessTo(eventId);
  return code === "" ? body : { ...body, access_code: code };
}
