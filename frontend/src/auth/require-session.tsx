import type { ReactNode } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { paths } from "../app/paths";
import { PageSkeleton } from "../ui/page";
import { useSession } from "./use-session";

/**
 * Pages below this need somebody signed in; others go to the login page and come back to where they were. While the
 * platform can't be reached, the person who was signed in sees what this device remembers.
 */
export function RequireSession({ children }: { children?: ReactNode }) {
  const { status } = useSession();
  const location = useLocation();
  if (status === "starting") return <PageSkeleton />;
  if (status === "signed-out") {
    return <Navigate to={paths.login(location.pathname + location.search)} replace />;
  }
  return children ?? <Outlet />;
}
