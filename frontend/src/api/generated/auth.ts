// Generated from docs/openapi by `npm run generate`. Don't edit.

export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Public keys
         * @description The keys (RFC 7517) whose access tokens may be valid. Verify with EdDSA and nothing else, by the `kid` of the token's header; ask
         *     again when one is not known. A key is here for 15 s before the first token that it signs.
         */
        get: operations["jwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate the signing key
         * @description Makes a new key, for when the present one may be known to others. Nobody is logged out: tokens of the old key stay valid until they
         *     expire. While a new key waits to become active, it is the one that is answered.
         */
        post: operations["rotate_keys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in
         * @description Opens a session. An unknown address and a wrong password are answered alike. Who fails too often has to wait, as
         *     `Retry-After` says; from addresses where the owner has logged in before, others' failures do not count.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log out
         * @description Ends the session of the refresh token, in the body or in the cookie, or else that of the access token. The access token itself
         *     stays good at the other services until it expires: forget it.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who am I?
         * @description The account that the access token belongs to, as it is now; the token's own roles may be up to 15 minutes older.
         */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the name
         * @description The new name stands on mails and receipts from now on; what was issued before keeps the old one.
         */
        patch: operations["update_me"];
        trace?: never;
    };
    "/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change the password
         * @description Needs the present one. All other sessions of the account end; this one goes on.
         */
        put: operations["change_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List sessions
         * @description Where this account is logged in.
         */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session
         * @description Logs another device out, or this one. It can't refresh its tokens any more; an access token that it still has works at the
         *     other services until it expires, at most 15 minutes.
         */
        delete: operations["revoke_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a password reset
         * @description Mails a link that works once, within an hour, if the address has an account. The answer is the same if it has none.
         */
        post: operations["request_password_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/password-reset/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password by the mailed token
         * @description The token is used up, and all sessions of the account end: log in with the new password.
         */
        post: operations["confirm_password_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refresh the access token
         * @description Exchanges a refresh token, in the body or in the cookie, for new tokens with the account's present roles. Each can be used
         *     once; the same one again within 10 s gets the same successor, and later it ends the session.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register
         * @description Makes an account and logs it in. The role is `buyer`; organising events needs no other, only an organisation (catalog).
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find an account
         * @description By its e-mail address.
         */
        get: operations["find_users"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set an account's roles
         * @description A role that is added holds from the account's next refresh; one that is taken away ends its sessions. Admins can't take their own
         *     role, so that one is always left.
         */
        put: operations["set_roles"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AccountChange: {
            name: components["schemas"]["Name"];
        };
        /**
         * @description Compared without case
         * @example ben@example.com
         */
        Email: string;
        /** @description What is wrong with one field. */
        FieldError: {
            /** @example must be at least 1 */
            message: string;
            /**
             * @description JSON pointer into the body (RFC 6901), or `?name` for a query parameter
             * @example /items/0/quantity
             */
            pointer: string;
        };
        /** @description The public half of a signing key. */
        Jwk: {
            /** @example EdDSA */
            alg?: string;
            /** @example Ed25519 */
            crv?: string;
            /** @description Which key a token's header names */
            kid: string;
            /** @example OKP */
            kty: string;
            /** @example sig */
            use?: string;
            /** @description The public key, base64url */
            x?: string;
        };
        /** @description A JSON Web Key Set (RFC 7517) of Ed25519 keys (RFC 8037). */
        JwkSet: {
            keys: components["schemas"]["Jwk"][];
        };
        Login: {
            /**
             * @description In any case
             * @example ben@example.com
             */
            email: string;
            /**
             * Format: password
             * @example correct horse battery staple
             */
            password: string;
        };
        /**
         * @description Surrounding space is dropped; control characters are refused
         * @example Ben Barker
         */
        Name: string;
        /** @description The key that signs next. */
        NextKey: {
            /**
             * Format: date-time
             * @description When it begins to sign; until then the present key does
             */
            active_from: string;
            kid: string;
        };
        /**
         * Format: password
         * @description At most 512 bytes in UTF-8
         * @example correct horse battery staple
         */
        Password: string;
        PasswordChange: {
            /** Format: password */
            current_password: string;
            new_password: components["schemas"]["Password"];
        };
        /** @description An error (RFC 9457). Decide by `code`; show `detail`, or `title` when there is none. */
        Problem: {
            /**
             * @description Stable, for programs
             * @example invalid_request
             */
            code: string;
            /** @description What happened this time and what to do, for people */
            detail?: string;
            /** @description Each fault of a request that can't be right (422) */
            errors?: components["schemas"]["FieldError"][];
            /**
             * Format: int32
             * @description The answer's HTTP status
             * @example 422
             */
            status: number;
            /**
             * @description The same for every problem of a code
             * @example Invalid request
             */
            title: string;
            /**
             * @description Names this request in our logs and traces; quote it in a report
             * @example 4bf92f3577b34da6a3ce929d0e0e4736
             */
            trace_id?: string;
            /**
             * @description Identifies the kind of problem, as a relative URI
             * @example /problems/invalid-request
             */
            type: string;
        };
        RefreshTokenBody: {
            /** @description Absent when it is in the cookie */
            refresh_token?: string | null;
        };
        Registration: {
            email: components["schemas"]["Email"];
            /** @description Shown on tickets and in mails; what stands before the @ when absent */
            name?: components["schemas"]["Name"];
            password: components["schemas"]["Password"];
        };
        ResetConfirmation: {
            new_password: components["schemas"]["Password"];
            /** @description From the mailed link */
            token: string;
        };
        ResetRequest: {
            /** @example ben@example.com */
            email: string;
        };
        /**
         * @description What a person may do on the platform. Roles in organisations are memberships, not these.
         * @enum {string}
         */
        Role: "buyer" | "admin";
        RolesChange: {
            /** @description All roles that the account shall have */
            roles: components["schemas"]["Role"][];
        };
        /** @description A login on one device. */
        Session: {
            /** Format: date-time */
            created_at: string;
            /** @description Whether it is the one that asks */
            current: boolean;
            id: components["schemas"]["SessionId"];
            /**
             * Format: date-time
             * @description When its tokens were last refreshed
             */
            last_used_at: string;
            /**
             * @description What the browser or program called itself
             * @example Mozilla/5.0 (Android 15; Mobile; rv:140.0)
             */
            user_agent: string | null;
        };
        /**
         * Format: uuid
         * @description A login on one device: what a refresh token belongs to.
         */
        SessionId: string;
        Sessions: {
            /** @description Last used first; at most 100 */
            items: components["schemas"]["Session"][];
        };
        /** @description The tokens of a session. */
        TokenAnswer: {
            /** @description Send it as `Authorization: Bearer …` */
            access_token: string;
            /**
             * Format: int64
             * @description How long the access token is valid, in seconds
             * @example 900
             */
            expires_in: number;
            /** @description Exchange it once at `POST /refresh`; null when it went into the cookie */
            refresh_token: string | null;
            /** @example Bearer */
            token_type: string;
            user: components["schemas"]["User"];
        };
        /** @description An account, as itself and admins see it. */
        User: {
            /** Format: date-time */
            created_at: string;
            /** @example ben@example.com */
            email: string;
            id: components["schemas"]["UserId"];
            /** @example Ben Barker */
            name: string;
            roles: components["schemas"]["Role"][];
        };
        /**
         * Format: uuid
         * @description An account.
         */
        UserId: string;
        Users: {
            /** @description One account, or none */
            items: components["schemas"]["User"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    jwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JwkSet"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotate_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The next key */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NextKey"];
                };
            };
            /** @description `unauthorized`, or `session_revoked` when the session was ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: only admins */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `cookie` puts the refresh token into a cookie
                 * @example cookie
                 */
                "X-Refresh-Transport"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ben@example.com",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description Logged in */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            /** @description `invalid_credentials`: address and password don't belong together */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: see `errors` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: wait for `Retry-After` seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `cookie` takes the refresh token from the cookie and deletes that
                 * @example cookie
                 */
                "X-Refresh-Transport"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "AZ2…"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshTokenBody"] | null;
            };
        };
        responses: {
            /** @description The session has ended, now or before */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `unauthorized`: neither a refresh token nor a valid access token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: see `errors` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description `unauthorized`, or `session_revoked` when the session was ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ben B. Barker"
                 *     }
                 */
                "application/json": components["schemas"]["AccountChange"];
            };
        };
        responses: {
            /** @description The account with its new name */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description `unauthorized`, or `session_revoked` when the session was ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: see `errors` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current_password": "correct horse battery staple",
                 *       "new_password": "a staple with four horses"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description The new password holds */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_credentials` when the present password is wrong; `unauthorized`, `session_revoked` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: see `errors` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: wait for `Retry-After` seconds */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The open sessions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sessions"];
                };
            };
            /** @description `unauthorized`, or `session_revoked` when the session was ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description From `GET /me/sessions` */
                id: components["schemas"]["SessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `unauthorized`, or `session_revoked` when the session was ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `session_not_found`: no open session of this account */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_password_reset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ben@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["ResetRequest"];
            };
        };
        responses: {
            /** @description If there is such an account, a mail is on its way */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_request`: see `errors` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirm_password_reset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "new_password": "a staple with four horses",
                 *       "token": "q0G…"
                 *     }
                 */
                "application/json": components["schemas"]["ResetConfirmation"];
            };
        };
        responses: {
            /** @description The new password holds */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `reset_token_invalid`: used, expired or replaced by a later one; ask for another */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: see `errors` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `cookie` takes and puts the refresh token in the cookie
                 * @example cookie
                 */
                "X-Refresh-Transport"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "AZ2…"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshTokenBody"] | null;
            };
        };
        responses: {
            /** @description New tokens; the old refresh token is used up */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            /** @description `refresh_token_invalid` or `session_revoked`: log in again */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: see `errors` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `cookie` puts the refresh token into a cookie
                 * @example cookie
                 */
                "X-Refresh-Transport"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ben@example.com",
                 *       "name": "Ben Barker",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description The new account, logged in */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            /** @description `email_taken`: the address has an account; log in or reset the password */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: see `errors` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_users: {
        parameters: {
            query: {
                /**
                 * @description The whole address, in any case
                 * @example ben@example.com
                 */
                email: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account, if there is one */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Users"];
                };
            };
            /** @description `unauthorized`, or `session_revoked` when the session was ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: only admins */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: see `errors` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_roles: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The account */
                id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "roles": [
                 *         "buyer",
                 *         "admin"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RolesChange"];
            };
        };
        responses: {
            /** @description The account with its new roles */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description `unauthorized`, or `session_revoked` when the session was ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: only admins */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `user_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `own_role`: admins can't take the role from themselves */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: see `errors` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other problem, such as 400, 413, 415, 429, 500 or 503 (the last with Retry-After) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
