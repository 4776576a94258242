import { Navigate, useNavigate, useSearchParams } from "react-router";
import { paths, safeReturn } from "../../app/paths";
import { AuthForm, type AuthMode } from "../../auth/auth-form";
import { useSession } from "../../auth/use-session";
import { Card } from "../../ui/card";
import { Notice } from "../../ui/notice";
import { Page } from "../../ui/page";

/** Logging in or signing up on its own page; afterwards back to where the person was. */
export function Component({ mode = "login" }: { mode?: AuthMode }) {
  const session = useSession();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const from = safeReturn(params.get("from"));
  if (session.status === "signed-in") return <Navigate to={from} replace />;
  const expired = session.status === "signed-out" && session.expired;
  return (
    <Page title={mode === "login" ? "Log in" : "Create an account"} narrow>
      <Card style={{ display: "grid", gap: "var(--s4)" }}>
        {expired && <Notice title="You were logged out">Log in again to go on where you were.</Notice>}
        {params.get("reset") === "done" && (
          <Notice tone="good" title="Your password is changed">
            Log in with the new one.
          </Notice>
        )}
        <AuthForm mode={mode} onMode={(next) => void navigate(next === "login" ? paths.login(from) : paths.register(from), { replace: true })} />
      </Card>
    </Page>
  );
}
