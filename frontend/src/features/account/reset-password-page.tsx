import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { isProblem } from "../../api/problem";
import { paths } from "../../app/paths";
import { confirmReset } from "../../auth/account";
import { Button, ButtonLink } from "../../ui/button";
import { Card } from "../../ui/card";
import { TextField } from "../../ui/field";
import { Notice } from "../../ui/notice";
import { Page } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import styles from "./account.module.css";

/** Where the link in the reset mail leads: a new password. */
export function Component() {
  // In the fragment, so that it is in no server's log.
  const { hash } = useLocation();
  const navigate = useNavigate();
  const token = new URLSearchParams(hash.slice(1)).get("token") ?? "";
  const [password, setPassword] = useState("");
  const save = useMutation({
    mutationFn: () => confirmReset(token, password),
    onSuccess: () => navigate(`${paths.login()}?reset=done`, { replace: true }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  const again = (
    <ButtonLink variant="primary" to={paths.forgotPassword()}>
      Ask for a new link
    </ButtonLink>
  );
  const problem = isProblem(save.error) ? save.error : undefined;
  return (
    <Page title="Choose a new password" narrow>
      <Card>
        {token === "" ? (
          <Notice tone="bad" title="This link is not complete" actions={again}>
            Open it from the mail once more, or ask for a new one.
          </Notice>
        ) : (
          <form className={styles.form} onSubmit={submit}>
            <TextField
              label="New password"
              hint="At least 8 characters."
              type="password"
              autoComplete="new-password"
              minLength={8}
              maxLength={128}
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              error={problem?.field("/new_password")}
            />
            {save.isError && !problem?.errors.length && <ProblemNotice problem={save.error} actions={problem?.status === 410 && again} />}
            <Button type="submit" variant="primary" size="large" wide busy={save.isPending}>
              Save the new password
            </Button>
            <p className={styles.muted}>You are logged out everywhere else.</p>
          </form>
        )}
      </Card>
    </Page>
  );
}
