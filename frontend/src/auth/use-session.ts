import { useSyncExternalStore } from "react";
import type { User } from "../api/types";
import { session, type SessionState, subscribe } from "./session";

/** Who is signed in, following changes in this and other tabs. */
export function useSession(): SessionState {
  return useSyncExternalStore(subscribe, session, session);
}

/** The person, also while the session is being renewed or can't be reached; null when signed out. */
export function useUser(): User | null {
  return useSession().user;
}
