import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { isProblem } from "../api/problem";
import { paths } from "../app/paths";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { ProblemNotice } from "../ui/problem-notice";
import { logIn, register } from "./account";
import styles from "./auth-form.module.css";

export type AuthMode = "login" | "register";

interface AuthFormProps {
  mode: AuthMode;
  onMode: (mode: AuthMode) => void;
  /** What the button says, after "Log in" or "Create account": " and hold tickets". */
  purpose?: string;
}

/** Logging in or creating an account, in place. Success shows in the session; whoever shows this form follows that. */
export function AuthForm({ mode, onMode, purpose = "" }: AuthFormProps) {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const send = useMutation({ mutationFn: () => (mode === "login" ? logIn(email.trim(), password) : register(name.trim(), email.trim(), password)) });
  const problem = isProblem(send.error) ? send.error : undefined;
  const fieldFault = (pointer: string) => problem?.field(pointer);
  const taken = problem?.code === "email_taken";

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!send.isPending) send.mutate();
  };
  const change = (next: AuthMode) => {
    send.reset();
    onMode(next);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.switch} role="group" aria-label="Log in or create an account">
        <button type="button" aria-pressed={mode === "login"} onClick={() => change("login")}>
          I&rsquo;m registered
        </button>
        <button type="button" aria-pressed={mode === "register"} onClick={() => change("register")}>
          I&rsquo;m new
        </button>
      </div>
      {mode === "register" && (
        <TextField label="Name" hint="As it shall stand on your receipt." autoComplete="name" maxLength={200} optional value={name} onChange={(event) => setName(event.target.value)} error={fieldFault("/name")} />
      )}
      <TextField
        label="E-mail"
        hint={mode === "register" ? "Your tickets go there." : undefined}
        type="email"
        inputMode="email"
        autoComplete={mode === "login" ? "username" : "email"}
        autoCapitalize="none"
        spellCheck={false}
        maxLength={254}
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={fieldFault("/email")}
      />
      <TextField
        label="Password"
        hint={mode === "register" ? "At least 8 characters." : undefined}
        type="password"
        autoComplete={mode === "login" ? "current-password" : "new-password"}
        minLength={mode === "register" ? 8 : undefined}
        maxLength={128}
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={fieldFault("/password")}
      />
      {problem && problem.errors.length === 0 && (
        <ProblemNotice problem={problem} actions={taken && <Button onClick={() => change("login")}>Log in instead</Button>} />
      )}
      {send.isError && !problem && <ProblemNotice problem={send.error} />}
      <Button type="submit" variant="primary" size="large" wide busy={send.isPending}>
        {mode === "login" ? "Log in" : "Create account"}
        {purpose}
      </Button>
      {mode === "login" && <Link to={paths.forgotPassword()}>Forgot your password?</Link>}
    </form>
  );
}
