// Generated from docs/openapi by `npm run generate`. Don't edit.

export interface paths {
    "/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my payments
         * @description Newest first; with `booking_id`, the attempts to pay for that booking.
         */
        get: operations["list_payments"];
        put?: never;
        /**
         * Pay for a booking
         * @description Freezes the booking's total, prolongs its hold, and reserves the money; it is taken once the booking has its tickets. Try
         *     again with the same key when an answer is lost, with a new one after a decline.
         */
        post: operations["create_payment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a payment
         * @description Read it again while `status` is `created` or `requires_action`. Admins see everybody's.
         */
        get: operations["get_payment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{id}/credit-notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a payment's credit notes
         * @description One for each refund that was paid, oldest first.
         */
        get: operations["list_credit_notes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{id}/credit-notes/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a credit note
         * @description As JSON, as a page to show or print, or as PDF: by `Accept` or `format`.
         */
        get: operations["get_credit_note"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{id}/receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a receipt
         * @description There is one as soon as the payment is captured. As JSON, as a page to show or print, or as PDF: by `Accept` or `format`.
         */
        get: operations["get_receipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{id}/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a payment's refunds
         * @description Newest first, also those that failed.
         */
        get: operations["list_refunds"];
        put?: never;
        /**
         * Ask for money back
         * @description Cancels tickets and gives back what they cost, each once. It ends as `succeeded`, with a credit note, or as `failed`, for
         *     instance when a ticket was used. Asking again for tickets whose refund the provider refused tries that refund again.
         */
        post: operations["request_refund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a provider's event
         * @description For payment providers. The header `Sandbox-Signature: t=<seconds since 1970>,v1=<hex>` is the HMAC-SHA256 of `<t>.<body>`,
         *     at most 300 s old. Events may come late, twice and in any order: what is true is asked of the provider. Send one again until
         *     it is answered with 204.
         */
        post: operations["receive_webhook"];
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
        /** Format: uuid */
        BookingId: string;
        /** @description Who bought. */
        Buyer: {
            /** @example ben@example.com */
            email: string;
            /** @example Ben Beispiel */
            name: string;
        };
        /**
         * @description ISO 4217 code
         * @example EUR
         */
        Currency: string;
        /** @description A receipt, or a credit note, which says what of a receipt was given back. It never changes. */
        Document: {
            /** Format: uuid */
            booking_id: string;
            buyer: components["schemas"]["Buyer"] | null;
            event: components["schemas"]["PurchasedEvent"];
            /** Format: date-time */
            issued_at: string;
            kind: components["schemas"]["DocumentKind"];
            lines: components["schemas"]["Line"][];
            /**
             * @description Consecutive, without gaps, for each kind
             * @example R-000042
             */
            number: string;
            /** Format: uuid */
            payment_id: string;
            /**
             * @description Who moved the money
             * @example sandbox
             */
            provider: string;
            /**
             * @description On a credit note the receipt that it belongs to; null on a receipt
             * @example null
             */
            receipt_number: string | null;
            seller: components["schemas"]["Seller"];
            /** @description No real money moved */
            test_mode: boolean;
            /** @description What was paid, or on a credit note what was given back */
            total: components["schemas"]["Money"];
        };
        /**
         * @description What a document is.
         * @enum {string}
         */
        DocumentKind: "receipt" | "credit_note";
        /** @description Documents of a payment. */
        Documents: {
            items: components["schemas"]["Document"][];
        };
        /** @description Why a payment or refund failed */
        Failure: {
            /**
             * @description Stable, for programs
             * @example insufficient_funds
             */
            code: string;
            /**
             * @description For the buyer
             * @example The card has insufficient funds.
             */
            message: string;
        };
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
        /** @description One line of a receipt or credit note. */
        Line: {
            /** @example Stalls, seats */
            description: string;
            /** Format: int32 */
            quantity: number;
            total: components["schemas"]["Money"];
            unit_price: components["schemas"]["Money"];
        };
        /** @description An amount of money. */
        Money: {
            /**
             * Format: int64
             * @description Minor units: 4500 in EUR is 45.00 €.
             * @example 4500
             */
            amount: number;
            currency: components["schemas"]["Currency"];
        };
        /** @description A payment to begin. */
        NewPayment: {
            /**
             * Format: uuid
             * @description A held booking of the caller's
             */
            booking_id: string;
            /**
             * @description What the payment provider calls the means of payment; never card data
             * @example pm_card_visa
             */
            payment_method: string;
            /**
             * Format: uri
             * @description Where the provider's page leads back to: a page of the platform. Needed only where the buyer has to confirm
             * @example http://localhost:3000/bookings
             */
            return_url?: string | null;
        };
        /** @description What the buyer has to do */
        NextAction: {
            type: components["schemas"]["NextActionType"];
            /**
             * Format: uri
             * @description Open this page; it leads back to `return_url`
             * @example http://localhost:3000/sandbox/authenticate/pi_0c…
             */
            url: string;
        };
        /** @enum {string} */
        NextActionType: "redirect";
        /** @description A payment for a booking. It ends as `captured`, `voided` or `failed`; a failed one may be followed by another. */
        Payment: {
            /** @description What is paid, as the checkout froze it */
            amount: components["schemas"]["Money"];
            booking_id: components["schemas"]["BookingId"];
            /** Format: date-time */
            captured_at: string | null;
            /** Format: date-time */
            created_at: string;
            failure: components["schemas"]["Failure"] | null;
            id: components["schemas"]["PaymentId"];
            next_action: components["schemas"]["NextAction"] | null;
            /**
             * @description Who moves the money
             * @example sandbox
             */
            provider: string;
            /** @description What was given back so far */
            refunded: components["schemas"]["Money"];
            status: components["schemas"]["PaymentStatus"];
            /** @description No real money moves */
            test_mode: boolean;
        };
        /** Format: uuid */
        PaymentId: string;
        /** @description One page of payments. */
        PaymentPage: {
            items: components["schemas"]["Payment"][];
            /** @description Send it as `cursor` to get the next page; null on the last */
            next_cursor: string | null;
        };
        /**
         * @description Where a payment stands. What was refunded is an amount beside it, not a state.
         * @enum {string}
         */
        PaymentStatus: "created" | "requires_action" | "authorised" | "captured" | "failed" | "voided";
        /**
         * Format: binary
         * @description A file in PDF
         */
        PdfFile: string;
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
        /** @description The event on a receipt. */
        PurchasedEvent: {
            /** Format: date-time */
            starts_at: string;
            /**
             * @description IANA name
             * @example Europe/Vienna
             */
            time_zone: string;
            /** @example Winter concert */
            title: string;
            venue: components["schemas"]["VenueSnapshot"] | null;
        };
        /** @description Money that goes back for tickets. */
        Refund: {
            amount: components["schemas"]["Money"] | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When it succeeded or failed
             */
            ended_at: string | null;
            failure: components["schemas"]["Failure"] | null;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            payment_id: string;
            status: components["schemas"]["RefundStatus"];
            /** @description The tickets; null while all that are left are asked for */
            ticket_ids: string[] | null;
        };
        /** @description Which tickets to give back. */
        RefundRequest: {
            /** @description Tickets of the payment; absent: all that are left */
            ticket_ids?: string[] | null;
        };
        /**
         * @description Where a refund stands.
         * @enum {string}
         */
        RefundStatus: "requested" | "pending" | "succeeded" | "failed";
        /** @description Refunds of a payment. */
        Refunds: {
            items: components["schemas"]["Refund"][];
        };
        /** @description Who sells. */
        Seller: {
            /**
             * @description The organisation's name; null when it was not known
             * @example City theatre
             */
            name: string | null;
        };
        VenueSnapshot: {
            address: string;
            city: string;
            /** @description ISO 3166-1 alpha-2. */
            country: string;
            name: string;
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
    list_payments: {
        parameters: {
            query?: {
                /** @description Only payments for this booking */
                booking_id?: string;
                /**
                 * @description Most items to answer
                 * @example 20
                 */
                limit?: number;
                /** @description `next_cursor` of the page before; absent for the first */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of payments */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentPage"];
                };
            };
            /** @description `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: a parameter can't be right */
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
    create_payment: {
        parameters: {
            query?: never;
            header: {
                /** @description Names this attempt; the same key with the same body gets the first answer again for 24 hours */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "booking_id": "0192f0c1-0000-7000-8000-000000000001",
                 *       "payment_method": "pm_card_visa",
                 *       "return_url": "http://localhost:3000/bookings"
                 *     }
                 */
                "application/json": components["schemas"]["NewPayment"];
            };
        };
        responses: {
            /** @description The money is reserved, or by now taken */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            /** @description The buyer has to confirm at `next_action.url`; without one, the result comes later */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            /** @description `idempotency_key_required`, `malformed_json` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payment_declined` (with `decline_code`, `payment_id`): no money was taken */
            402: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `booking_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payment_in_progress` (with `payment_id`), `already_paid`, `nothing_to_pay`, `request_in_progress`, `invalid_transition`, `event_not_on_sale`, `sales_closed` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `hold_expired` */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`, `idempotency_key_invalid`, `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`, with Retry-After */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`, with Retry-After: no money was taken */
            503: {
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
    get_payment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The payment */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The payment as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            /** @description `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payment_not_found` */
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
    list_credit_notes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The payment */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Documents"];
                };
            };
            /** @description `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payment_not_found` */
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
    get_credit_note: {
        parameters: {
            query?: {
                /** @description Goes before `Accept`, for links */
                format?: "json" | "html" | "pdf";
            };
            header?: never;
            path: {
                /** @description The payment */
                id: string;
                /**
                 * @description From the list, or from the mail
                 * @example C-000007
                 */
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The credit note */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Document"];
                    "text/html": string;
                    "application/pdf": components["schemas"]["PdfFile"];
                };
            };
            /** @description `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `credit_note_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_acceptable` */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: no such `format` */
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
    get_receipt: {
        parameters: {
            query?: {
                /** @description Goes before `Accept`, for links */
                format?: "json" | "html" | "pdf";
            };
            header?: never;
            path: {
                /** @description The payment */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The receipt */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Document"];
                    "text/html": string;
                    "application/pdf": components["schemas"]["PdfFile"];
                };
            };
            /** @description `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payment_not_found`, or `receipt_not_found` for one that is not captured */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_acceptable` */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: no such `format` */
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
    list_refunds: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The payment */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refunds"];
                };
            };
            /** @description `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payment_not_found` */
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
    request_refund: {
        parameters: {
            query?: never;
            header: {
                /** @description Names this request; the same key with the same body gets the first answer again for 24 hours */
                "Idempotency-Key": string;
            };
            path: {
                /** @description The payment */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "ticket_ids": [
                 *         "0192f0c1-0000-7000-8000-000000000003"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RefundRequest"];
            };
        };
        responses: {
            /** @description It is being worked on: read the list of refunds */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
            /** @description `idempotency_key_required`, `malformed_json` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payment_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `nothing_to_refund`: no money was taken, or all of it went or goes back; `already_refunded` (with `ticket_ids`) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: not a ticket of this payment; `idempotency_key_invalid`, `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`, with Retry-After */
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
    receive_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description `t=…,v1=…`; without it nothing is read */
                "Sandbox-Signature"?: string;
            };
            path: {
                /**
                 * @description Who sends it
                 * @example sandbox
                 */
                provider: string;
            };
            cookie?: never;
        };
        /** @description At most 64 KiB */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "data": {
                 *         "object": {
                 *           "id": "pi_0192f0c1",
                 *           "reference": "0192f0c1-0000-7000-8000-000000000004"
                 *         }
                 *       },
                 *       "id": "evt_0192f0c1",
                 *       "type": "payment_intent.succeeded"
                 *     }
                 */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Understood, or known already */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `webhook_signature_invalid`: missing, forged or too old; `webhook_unreadable`: signed, but no event */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: no such provider */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: send it again later */
            503: {
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
