import { Component as LoginPage } from "./login-page";

export function Component() {
  return <LoginPage mode="register" />;
}
