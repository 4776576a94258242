/** Signing in and up. Both answer with a session; the refresh token arrives as a cookie. */
import { auth, done, unwrap } from "../api/clients";
import { signedIn } from "./session";

const transport = { "X-Refresh-Transport": "cookie" } as const;

export async function logIn(email: string, password: string): Promise<void> {
  signedIn(await unwrap(auth.POST("/login", { params: { header: transport }, body: { email, password } })));
}

export async function register(name: string, email: string, password: string): Promise<void> {
  const body = { email, password, ...(name === "" ? {} : { name }) };
  signedIn(await unwrap(auth.POST("/register", { params: { header: transport }, body })));
}

export function askForReset(email: string): Promise<void> {
  return done(auth.POST("/password-reset", { body: { email } }));
}

export function confirmReset(token: string, newPassword: string): Promise<void> {
  return done(auth.POST("/password-reset/confirm", { body: { token, new_password: newPassword } }));
}
