import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { auth, done, unwrap } from "../../api/clients";
import { isProblem } from "../../api/problem";
import { userChanged } from "../../auth/session";
import { useUser } from "../../auth/use-session";
import { Button } from "../../ui/button";
import { Card } from "../../ui/card";
import { TextField } from "../../ui/field";
import { Notice } from "../../ui/notice";
import { ProblemNotice } from "../../ui/problem-notice";
import styles from "./account.module.css";

export function Component() {
  return (
    <div className={styles.stack}>
      <Profile />
      <Password />
    </div>
  );
}

function Profile() {
  const user = useUser();
  const [name, setName] = useState(user?.name ?? "");
  const save = useMutation({
    mutationFn: () => unwrap(auth.PATCH("/me", { body: { name: name.trim() } })),
    onSuccess: userChanged,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  const problem = isProblem(save.error) ? save.error : undefined;
  return (
    <Card as="section" aria-labelledby="profile">
      <form className={styles.form} onSubmit={submit}>
        <h2 id="profile">Profile</h2>
        <TextField
          label="Name"
          hint="As it stands on receipts from now on."
          autoComplete="name"
          maxLength={200}
          value={name}
          onChange={(event) => {
            save.reset();
            setName(event.target.value);
          }}
          error={problem?.field("/name")}
        />
        {save.isError && !problem?.errors.length && <ProblemNotice problem={save.error} />}
        {save.isSuccess && <Notice tone="good" title="Saved" announce />}
        <div>
          <Button type="submit" variant="primary" busy={save.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Password() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const user = useUser();
  const save = useMutation({
    mutationFn: () => done(auth.PUT("/me/password", { body: { current_password: current, new_password: next } })),
    onSuccess: () => {
      setCurrent("");
      setNext("");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  const problem = isProblem(save.error) ? save.error : undefined;
  const wrong = problem?.code === "invalid_credentials" ? "This is not your current password." : undefined;
  return (
    <Card as="section" aria-labelledby="password">
      <form className={styles.form} onSubmit={submit}>
        <h2 id="password">Password</h2>
        <input type="email" autoComplete="username" value={user?.email ?? ""} readOnly hidden />
        <TextField
          label="Current password"
          type="password"
          autoComplete="current-password"
          required
          maxLength={128}
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
          error={wrong ?? problem?.field("/current_password")}
        />
        <TextField
          label="New password"
          hint="At least 8 characters. Other devices are logged out."
          type="password"
          autoComplete="new-password"
          required
          minLength={8}
          maxLength={128}
          value={next}
          onChange={(event) => setNext(event.target.value)}
          error={problem?.field("/new_password")}
        />
        {save.isError && !wrong && !problem?.errors.length && <ProblemNotice problem={save.error} />}
        {save.isSuccess && (
          <Notice tone="good" title="Your password is changed" announce>
            All other devices are logged out.
          </Notice>
        )}
        <div>
          <Button type="submit" variant="primary" busy={save.isPending}>
            Change password
          </Button>
        </div>
      </form>
    </Card>
  );
}
