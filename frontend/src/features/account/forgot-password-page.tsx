import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { isProblem } from "../../api/problem";
import { paths } from "../../app/paths";
import { askForReset } from "../../auth/account";
import { Button } from "../../ui/button";
import { Card } from "../../ui/card";
import { TextField } from "../../ui/field";
import { Notice } from "../../ui/notice";
import { Page } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import styles from "./account.module.css";

export function Component() {
  const [email, setEmail] = useState("");
  const send = useMutation({ mutationFn: () => askForReset(email.trim()) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!send.isPending) send.mutate();
  };
  const problem = isProblem(send.error) ? send.error : undefined;
  return (
    <Page title="Reset your password" back={{ to: paths.login(), label: "Log in" }} narrow>
      <Card>
        {send.isSuccess ? (
          <Notice tone="good" title="Look into your mail" announce actions={<Button onClick={() => send.reset()}>Another address</Button>}>
            If {email.trim()} has an account, a link to choose a new password is on its way. No mail after some minutes? Look into spam, or check the address.
          </Notice>
        ) : (
          <form className={styles.form} onSubmit={submit}>
            <p>We send you a link to choose a new one.</p>
            <TextField
              label="E-mail"
              type="email"
              inputMode="email"
              autoComplete="username"
              autoCapitalize="none"
              maxLength={254}
              required
              value={email}
              onChange={(event) => setEmail(event.target.value)}
              error={problem?.field("/email")}
            />
            {send.isError && !problem?.errors.length && <ProblemNotice problem={send.error} />}
            <Button type="submit" variant="primary" size="large" wide busy={send.isPending}>
              Send the link
            </Button>
          </form>
        )}
      </Card>
    </Page>
  );
}
