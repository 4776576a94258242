// Generated from docs/openapi by `npm run generate`. Don't edit.

export interface paths {
    "/.well-known/ticket-keys.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the keys that tickets are signed with
         * @description A gate that keeps them can check codes without network: `T1.<payload>.<signature>`, both base64url. The payload is ticket id
         *     (16 bytes), event id (16 bytes) and key id (4 bytes); the signature is Ed25519 over the text `T1.<payload>`.
         */
        get: operations["ticket_keys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bookings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my bookings
         * @description Newest first.
         */
        get: operations["list_bookings"];
        put?: never;
        /**
         * Hold places
         * @description Takes the places at once and keeps them for ten minutes. All of them or none: a conflict changes nothing. Prices are the
         *     event's. Send an Idempotency-Key, so that a repeated request holds nothing twice. An event with a `waiting_room` wants the
         *     admission that its queue gives; a ticket type with `access_code_required` its code as `access_code`, which opens every ticket
         *     type that has it.
         */
        post: operations["create_booking"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bookings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a booking
         * @description A hold that ran out is `expired`. Poll this while a payment is being worked on.
         */
        get: operations["get_booking"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bookings/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Release or cancel
         * @description Gives the places of a hold back, or cancels tickets of a confirmed booking, which refunds what they cost. Tickets that were
         *     checked in stay. Places are on sale again at once.
         */
        post: operations["cancel_booking"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bookings/{id}/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go to checkout
         * @description Freezes the total and prolongs the hold to fifteen minutes from now; again changes nothing. Where nothing is to pay, the
         *     booking is confirmed.
         */
        post: operations["checkout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bookings/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a booking's history
         * @description Every change of it, oldest first.
         */
        get: operations["get_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bookings/{id}/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a booking's tickets
         * @description Empty until the booking is confirmed.
         */
        get: operations["list_tickets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bookings/{id}/tickets/{ticket_id}/qr.svg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a ticket's QR code
         * @description Black on white with its quiet zone: show it large. A cancelled ticket has none.
         */
        get: operations["get_ticket_qr"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/check-ins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a ticket in
         * @description For the organisation's staff and organisers. The answer is 200 whether the person may enter or not: look at `result`. Two gates
         *     with the same ticket at once: one gets `ok`, the other `already_redeemed`.
         */
        post: operations["check_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/check-ins/{id}": {
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
         * Undo a check-in
         * @description The ticket is valid again, unless it was cancelled meanwhile; who did this stays on record.
         */
        delete: operations["undo_check_in"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}/availability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what is left
         * @description Counts by ticket type. Held places are not available; they may come back.
         */
        get: operations["get_availability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}/availability/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Watch what is left
         * @description Server-sent events: `availability` with the same JSON as the availability, at once and whenever it changes, and `seats` with
         *     `{"changes": [{"seat_guid", "status"}]}`; at most four times a second, once a second where 10,000 watch, with a comment every
         *     15 s to keep the line open. A client that falls behind is cut off: come again with `Last-Event-ID`, as browsers do, and
         *     nothing is missed.
         */
        get: operations["stream_availability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}/capacity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set a ticket type's capacity
         * @description Never below what is held and sold, never above the seats it has. The catalog follows by itself.
         */
        put: operations["set_capacity"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}/check-ins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List check-ins
         * @description For the organisation's staff and organisers: how many are in, and the last entries.
         */
        get: operations["list_check_ins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get your place
         * @description Where you stand in the queue. Ask every five to ten seconds at most; better follow the stream.
         */
        get: operations["get_place"];
        put?: never;
        /**
         * Join the queue
         * @description For events with `waiting_room`. The answer has your signed `place`: keep it and send it along each time, and you get the same
         *     place again, whatever happens. One buyer has one place; joining again changes nothing. First come, first served by the second
         *     of arrival; those who come before the sale begins get a random order when it does. A place that nobody looks after for two
         *     minutes is left out until its buyer is back. Once `admitted`, book with the `admission` before it expires.
         */
        post: operations["join_queue"];
        /**
         * Leave the queue
         * @description Gives up your place, or your turn: the next one comes sooner. Who was not in the queue is told the same. A place signed
         *     before is spent; joining again begins at the end. An admission that you have stays good until it ends.
         */
        delete: operations["leave_queue"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}/queue/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow your place
         * @description Server-sent events `queue` with the same JSON as your place, without `place`: at once, and at most once a second when something
         *     changed; a comment every 15 s keeps the line open. An open stream is a sign of life. It ends after `sold_out`, `over` and
         *     `absent`; when it breaks, come again with the same place and nothing is lost.
         */
        get: operations["follow_place"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}/sales": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an event's sales
         * @description For its organisers: what is sold, held and taken in, by ticket type and by day.
         */
        get: operations["get_sales"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}/seats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the seats
         * @description The status of every seat that is for sale; where it stands in the room is in the catalog's seating. Send `If-None-Match`
         *     with the last ETag to hear whether anything changed; for changes as they happen, open the stream.
         */
        get: operations["list_seats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}/waiting-list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at my entries
         * @description With the place in the line, or the offer.
         */
        get: operations["get_waiting_list"];
        put?: never;
        /**
         * Join the waiting list
         * @description For a ticket type of which there are not enough left. When places come back they are offered in the order in which people
         *     joined: the offer is a booking that is held until it expires, and a mail tells of it. One entry per buyer and ticket type;
         *     joining again changes nothing.
         */
        post: operations["join_waiting_list"];
        /**
         * Leave the waiting list
         * @description Takes the caller's waiting entries off; again changes nothing. An offer is declined by cancelling its booking.
         */
        delete: operations["leave_waiting_list"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What can be bought right now. Held places are not available. */
        Availability: {
            /**
             * Format: int32
             * @description Over all ticket types; 0 once the event is cancelled
             * @example 120
             */
            available: number;
            /** Format: uuid */
            event_id: string;
            /** @description How many seats are free, held and sold; absent without seating */
            seats?: components["schemas"]["SeatCounts"];
            ticket_types: components["schemas"]["TypeAvailability"][];
        };
        /** @description So many seats, next to each other unless they may be split. */
        Best: {
            /**
             * Format: int32
             * @example 2
             */
            quantity: number;
            /** @description Whether they may be apart when there are not enough next to each other */
            split?: boolean;
            /** Format: uuid */
            ticket_type_id: string;
        };
        /** @description The best free seats, next to each other unless they may be split: all of them or none */
        BookBestAvailable: {
            /**
             * @description Opens every ticket type that has this code
             * @example FANCLUB-2027
             */
            access_code?: string;
            best_available: components["schemas"]["Best"];
            /** Format: uuid */
            event_id: string;
        };
        /** @description General admission */
        BookItems: {
            /**
             * @description Opens every ticket type that has this code
             * @example FANCLUB-2027
             */
            access_code?: string;
            /** Format: uuid */
            event_id: string;
            /** @description Each ticket type at most once */
            items: components["schemas"]["Item"][];
        };
        /** @description Short form, for an event with one general-admission ticket type */
        BookPlaces: {
            /**
             * @description Opens every ticket type that has this code
             * @example FANCLUB-2027
             */
            access_code?: string;
            /** Format: uuid */
            event_id: string;
            /**
             * Format: int32
             * @example 2
             */
            seats: number;
        };
        /** @description Picked seats: all of them or none */
        BookSeats: {
            /**
             * @description Opens every ticket type that has this code
             * @example FANCLUB-2027
             */
            access_code?: string;
            /** Format: uuid */
            event_id: string;
            /**
             * @example [
             *       "A-12",
             *       "A-13"
             *     ]
             */
            seats: string[];
        };
        /** @description Places that somebody holds or owns. */
        Booking: {
            /** Format: date-time */
            cancelled_at?: string | null;
            /** Format: date-time */
            confirmed_at?: string | null;
            /** Format: date-time */
            created_at: string;
            event: components["schemas"]["EventSummary"];
            /** Format: uuid */
            event_id: string;
            /**
             * Format: date-time
             * @description When the hold ends, or would have ended
             */
            expires_at: string;
            /** Format: uuid */
            id: string;
            /** @description One line for each ticket type */
            items: components["schemas"]["BookingLine"][];
            /** @description The waiting list offered the places; its buyer did not take them */
            offered: boolean;
            /**
             * Format: uuid
             * @description The payment that confirmed it
             */
            payment_id?: string | null;
            /**
             * Format: int32
             * @description How many places
             * @example 2
             */
            seats: number;
            status: components["schemas"]["BookingStatus"];
            /** @description What is to be paid, all included */
            total: components["schemas"]["Money"];
            /** Format: uuid */
            user_id: string;
            /**
             * Format: int64
             * @description Grows with each change
             */
            version: number;
        };
        /** @description One line of a booking. */
        BookingLine: {
            /**
             * @description The ticket type's name when it was booked
             * @example Stalls
             */
            name: string;
            /**
             * Format: int32
             * @example 2
             */
            quantity: number;
            /** @description Which seats; empty for general admission */
            seats: components["schemas"]["SeatGuid"][];
            ticket_type_id: components["schemas"]["TicketTypeId"];
            unit_price: components["schemas"]["Money"];
        };
        /** @description One page of bookings. */
        BookingPage: {
            items: components["schemas"]["Booking"][];
            /** @description Send it as `cursor` to get the next page; null on the last */
            next_cursor?: string | null;
        };
        /**
         * @description Where a booking stands.
         * @enum {string}
         */
        BookingStatus: "held" | "confirmed" | "expired" | "released" | "cancelled";
        /** @description Which tickets to cancel. */
        CancelRequest: {
            /** @description Tickets of a confirmed booking; absent: all that can be cancelled */
            ticket_ids?: string[] | null;
        };
        CapacityAnswer: {
            /** Format: int32 */
            capacity: number;
            /** Format: int32 */
            held: number;
            /** Format: int32 */
            sold: number;
            /** Format: uuid */
            ticket_type_id: string;
        };
        CapacityRequest: {
            /**
             * Format: int32
             * @example 500
             */
            capacity: number;
            /** Format: uuid */
            ticket_type_id: string;
        };
        CheckIn: {
            /**
             * Format: uuid
             * @description Names this entry, to undo it; absent unless `result` is `ok`
             */
            check_in_id?: string | null;
            result: components["schemas"]["CheckInResult"];
            ticket?: components["schemas"]["GateTicket"] | null;
        };
        /**
         * @description Let the person in, or why not.
         * @enum {string}
         */
        CheckInResult: "ok" | "invalid" | "unpaid" | "cancelled" | "already_redeemed" | "wrong_event";
        CheckIns: {
            /**
             * Format: int32
             * @description How many are in
             */
            checked_in: number;
            /** @description Newest first */
            items: components["schemas"]["Entry"][];
            /** @description Send it as `cursor` to get the next page; null on the last */
            next_cursor?: string | null;
            /**
             * Format: int32
             * @description How many tickets there are
             */
            total: number;
        };
        /**
         * @description ISO 4217 code
         * @example EUR
         */
        Currency: string;
        DaySales: {
            /**
             * Format: date
             * @example 2026-09-01
             */
            date: string;
            revenue: components["schemas"]["Money"];
            /** Format: int32 */
            tickets: number;
        };
        /** @description The caller's entries. */
        Entries: {
            /** @description The newest first */
            items: components["schemas"]["WaitingEntry"][];
        };
        /** @description An entry of the gate's list. */
        Entry: {
            /** Format: date-time */
            at: string;
            /** Format: uuid */
            checked_in_by: string;
            /** Format: uuid */
            id: string;
            /** @description As it is now */
            ticket: components["schemas"]["GateTicket"];
            /**
             * Format: date-time
             * @description When it was taken back; absent if it was not
             */
            undone_at?: string | null;
        };
        /** @description What a booking's page needs to know of its event. */
        EventSummary: {
            /** Format: date-time */
            ends_at: string;
            /** Format: date-time */
            starts_at: string;
            /**
             * @description IANA time zone of the event
             * @example Europe/Vienna
             */
            time_zone: string;
            /** @example Hamlet */
            title: string;
            venue?: components["schemas"]["VenueSnapshot"] | null;
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
        /** @description A ticket as the gate sees it: no buyer, no price. */
        GateTicket: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            redeemed_at?: string | null;
            seat?: components["schemas"]["SeatGuid"] | null;
            status: components["schemas"]["TicketStatus"];
            /** @example Stalls */
            ticket_type_name: string;
        };
        History: {
            items: components["schemas"]["HistoryItem"][];
        };
        /** @description A change of a booking. */
        HistoryItem: {
            /** Format: date-time */
            at: string;
            from?: components["schemas"]["BookingStatus"] | null;
            reason: components["schemas"]["Reason"];
            to: components["schemas"]["BookingStatus"];
        };
        /** @description How many of a general-admission ticket type. */
        Item: {
            /**
             * Format: int32
             * @example 2
             */
            quantity: number;
            /** Format: uuid */
            ticket_type_id: string;
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
        /** @description A booking to make: one of four shapes. */
        NewBooking: components["schemas"]["BookItems"] | components["schemas"]["BookSeats"] | components["schemas"]["BookBestAvailable"] | components["schemas"]["BookPlaces"];
        /** @description How many places of which ticket type. */
        NewEntry: {
            /**
             * @description For a ticket type with `access_code_required`; an offer needs it no more
             * @example FANCLUB-2027
             */
            access_code?: string;
            /**
             * Format: int32
             * @description All of them are offered at once, or none
             * @example 2
             */
            quantity: number;
            /** Format: uuid */
            ticket_type_id: string;
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
        /** @enum {string} */
        QueueStatus: "early" | "waiting" | "paused" | "admitted" | "sold_out" | "over" | "absent" | "unavailable";
        /** @description Where you stand in an event's queue. */
        QueueView: {
            /** @description Send it as `Queue-Admission` with `POST /bookings` */
            admission?: string;
            /** Format: int64 */
            estimated_wait_seconds?: number;
            /** Format: uuid */
            event_id: string;
            /**
             * Format: date-time
             * @description When the admission ends
             */
            expires_at?: string;
            /** @description Your signed place: keep it, and send it as `Queue-Place` with each request. Not repeated in the stream */
            place?: string;
            /**
             * Format: int64
             * @description 1 is the next; absent before the sale begins
             */
            position?: number;
            /**
             * Format: date-time
             * @description When the sale begins, as long as it has not
             */
            sales_start?: string;
            status: components["schemas"]["QueueStatus"];
            /**
             * Format: int64
             * @description How many wait
             */
            waiting?: number;
        };
        /**
         * @description Why a booking changed, as its history tells.
         * @enum {string}
         */
        Reason: "held" | "offered" | "checkout" | "paid" | "free" | "paid_late" | "expired" | "buyer" | "organiser" | "event_cancelled" | "capture_failed";
        /** @description What an event has sold. */
        Sales: {
            /** @description By the day of sale in the event's time zone, oldest first; without what was cancelled */
            by_day: components["schemas"]["DaySales"][];
            /** Format: int32 */
            capacity: number;
            /** Format: int32 */
            checked_in: number;
            /** Format: uuid */
            event_id: string;
            /** Format: int32 */
            held: number;
            /** @description What cancelled tickets gave back */
            refunded: components["schemas"]["Money"];
            /** @description What the tickets cost that are not cancelled */
            revenue: components["schemas"]["Money"];
            /** Format: int32 */
            sold: number;
            ticket_types: components["schemas"]["TypeSales"][];
        };
        /** @description What a gate has scanned. */
        Scan: {
            /**
             * @description The text of the QR code
             * @example T1.AZLwwQ….Zm9v…
             */
            code: string;
            /**
             * Format: uuid
             * @description The event of this gate
             */
            event_id: string;
            /** @description The gate's name for this scan: sending it again changes nothing and gets `ok` again */
            nonce?: string | null;
        };
        SeatCounts: {
            /**
             * Format: int32
             * @example 120
             */
            free: number;
            /**
             * Format: int32
             * @example 30
             */
            held: number;
            /**
             * Format: int32
             * @example 350
             */
            sold: number;
        };
        /**
         * @description The seat's seat_guid in the seating plan
         * @example A-12
         */
        SeatGuid: string;
        SeatItem: {
            seat_guid: components["schemas"]["SeatGuid"];
            status: components["schemas"]["SeatStatus"];
            /** Format: uuid */
            ticket_type_id: string;
        };
        /** @description All seats of an event. */
        SeatList: {
            /** Format: uuid */
            event_id: string;
            /**
             * Format: int64
             * @description What the list is as of: give it to the stream as `since`
             */
            revision: number;
            /** @description Row by row; empty for general admission */
            seats: components["schemas"]["SeatItem"][];
        };
        /** @enum {string} */
        SeatStatus: "free" | "held" | "sold";
        /** @description A ticket as its owner sees it. */
        Ticket: {
            /** Format: uuid */
            booking_id: string;
            /** @description The signed text of the QR code. Whoever has it gets in. */
            code: string;
            /** Format: uuid */
            event_id: string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            redeemed_at?: string | null;
            seat?: components["schemas"]["SeatGuid"] | null;
            status: components["schemas"]["TicketStatus"];
            /** Format: uuid */
            ticket_type_id: string;
            /** @example Stalls */
            ticket_type_name: string;
        };
        /** @description A public key (RFC 8037). */
        TicketKey: {
            /** @example EdDSA */
            alg: string;
            /** @example Ed25519 */
            crv: string;
            /**
             * @description The last four bytes of a code's payload, in hexadecimal
             * @example 5f3a9c01
             */
            kid: string;
            /** @example OKP */
            kty: string;
            /** @example sig */
            use: string;
            /** @description The key, base64url */
            x: string;
        };
        TicketKeySet: {
            /** @description The one in use first */
            keys: components["schemas"]["TicketKey"][];
        };
        /** @enum {string} */
        TicketStatus: "valid" | "redeemed" | "cancelled";
        /** Format: uuid */
        TicketTypeId: string;
        Tickets: {
            items: components["schemas"]["Ticket"][];
        };
        TypeAvailability: {
            /**
             * Format: int32
             * @example 120
             */
            available: number;
            /**
             * Format: int32
             * @example 500
             */
            capacity: number;
            /** Format: uuid */
            id: string;
        };
        TypeSales: {
            /** Format: int32 */
            capacity: number;
            /** Format: int32 */
            held: number;
            /** Format: uuid */
            id: string;
            name: string;
            revenue: components["schemas"]["Money"];
            /** Format: int32 */
            sold: number;
        };
        VenueSnapshot: {
            address: string;
            city: string;
            /** @description ISO 3166-1 alpha-2. */
            country: string;
            name: string;
        };
        /** @description A buyer's wish for so many places of a ticket type: all of them or none. */
        WaitingEntry: {
            /**
             * Format: uuid
             * @description The offer: a booking to check out
             */
            booking_id?: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            event_id: string;
            /**
             * Format: date-time
             * @description When the offer ends
             */
            expires_at?: string | null;
            /** Format: uuid */
            id: string;
            /**
             * Format: int32
             * @description Place in the line, the next one being 1; counted up to 10,000. Null unless it waits.
             */
            position?: number | null;
            /**
             * Format: int32
             * @example 2
             */
            quantity: number;
            /**
             * Format: int32
             * @description How often somebody behind went first, because fewer places came back than this group needs
             */
            skips: number;
            status: components["schemas"]["WaitingStatus"];
            /** Format: uuid */
            ticket_type_id: string;
            /** Format: date-time */
            updated_at: string;
        };
        /**
         * @description Where an entry stands.
         * @enum {string}
         */
        WaitingStatus: "waiting" | "offered" | "purchased" | "expired" | "declined" | "left";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    ticket_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All keys whose tickets are good */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TicketKeySet"];
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
    list_bookings: {
        parameters: {
            query?: {
                /** @description Only bookings in this state */
                status?: "held" | "confirmed" | "expired" | "released" | "cancelled";
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
            /** @description A page of bookings */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookingPage"];
                };
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A parameter can't be right */
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
    create_booking: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request; the same key with the same body gets the first answer again for 24 hours */
                "Idempotency-Key"?: string;
                /** @description The admission of the event's queue, where it has a waiting room */
                "Queue-Admission"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBooking"];
            };
        };
        responses: {
            /** @description Held until `expires_at` */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `access_code_required`, `access_code_wrong` (with `ticket_type_id`); `queue_required`: the event has a waiting room, and this is no valid admission of its queue */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `event_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `sold_out` (with `remaining`), `seat_taken` (with `seats`), `no_adjacent`, `sales_not_started`, `sales_closed`, `event_not_on_sale`, `buyer_limit` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`, `too_many_per_order`, `seat_unknown`, `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too much is asked at once, or the ticket type's access code is not known here yet */
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
    get_booking: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The booking */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The booking */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `booking_not_found`: there is none, or it is somebody else's */
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
    cancel_booking: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request; the same key with the same body gets the first answer again for 24 hours */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The booking */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["CancelRequest"];
            };
        };
        responses: {
            /** @description The booking as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description No valid token */
            401: {
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
            /** @description `invalid_transition`: nothing can be given back; `event_over` */
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
            /** @description `invalid_request`, `idempotency_key_reused` */
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
    checkout: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request; the same key gets the first answer again for 24 hours */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The booking */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is to be paid, and until when */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description No valid token */
            401: {
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
            /** @description `invalid_transition`: it is not held; `event_not_on_sale`: the event was cancelled */
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
            /** @description `idempotency_key_reused` */
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
    get_history: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The booking */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All changes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["History"];
                };
            };
            /** @description No valid token */
            401: {
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
    list_tickets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The booking */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All tickets, also cancelled ones */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tickets"];
                };
            };
            /** @description No valid token */
            401: {
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
    get_ticket_qr: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The booking */
                id: string;
                /** @description The ticket */
                ticket_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The code as a drawing */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
                };
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ticket_not_found` */
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
    check_in: {
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
                 *       "code": "T1.AZLwwQ.Zm9v",
                 *       "event_id": "0192f0c1-0000-7000-8000-000000000001"
                 *     }
                 */
                "application/json": components["schemas"]["Scan"];
            };
        };
        responses: {
            /** @description May they enter */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckIn"];
                };
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `event_not_found`, also for who is not of its organisation */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request` */
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
    undo_check_in: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `check_in_id` of the entry */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ticket as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GateTicket"];
                };
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `check_in_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_transition`: it was undone before */
            409: {
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
    get_availability: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The event */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What can be bought right now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Availability"];
                };
            };
            /** @description `event_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The event is not known yet and the catalog is away */
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
    stream_availability: {
        parameters: {
            query?: {
                /** @description Tell the seats that changed after this revision of the seat list, too */
                since?: number;
            };
            header?: {
                /** @description `id` of the last event that was seen */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description The event */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description `event_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `since` is not a number */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many streams are open; poll the availability */
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
    set_capacity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The event */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "capacity": 500,
                 *       "ticket_type_id": "0192f0c1-0000-7000-8000-000000000002"
                 *     }
                 */
                "application/json": components["schemas"]["CapacityRequest"];
            };
        };
        responses: {
            /** @description As it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CapacityAnswer"];
                };
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Staff may not */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `event_not_found`, also for who is not its organiser; `ticket_type_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `capacity_below_sold` (with `held`, `sold`, `minimum`); `event_not_on_sale`: it was cancelled */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request` */
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
    list_check_ins: {
        parameters: {
            query?: {
                /**
                 * @description Most items to answer
                 * @example 20
                 */
                limit?: number;
                /** @description `next_cursor` of the page before; absent for the first */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The event */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of entries */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckIns"];
                };
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `event_not_found`, also for who is not of its organisation */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A parameter can't be right */
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
    get_place: {
        parameters: {
            query?: never;
            header?: {
                /** @description The signed place of an earlier answer */
                "Queue-Place"?: string;
            };
            path: {
                /** @description The event */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where you stand */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueView"];
                };
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `event_not_found`; `not_in_queue`: you never joined, or your admission has ended */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_queue`: the event has no waiting room, book at once */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The queue can't be asked; no place is lost */
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
    join_queue: {
        parameters: {
            query?: never;
            header?: {
                /** @description The signed place of an earlier answer */
                "Queue-Place"?: string;
            };
            path: {
                /** @description The event */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where you stand */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueView"];
                };
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `event_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_queue`: the event has no waiting room, book at once */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: the queue can't be asked, no place is lost; `queue_full` */
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
    leave_queue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The event */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description You are not in the queue */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `event_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_queue`: the event has no waiting room, book at once */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The queue can't be asked; you are still in it */
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
    follow_place: {
        parameters: {
            query: {
                /** @description The signed place; it says whose it is, so that no token is needed */
                place: string;
            };
            header?: never;
            path: {
                /** @description The event */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description `event_not_found`; `not_in_queue`: your admission has ended */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_queue`: the event has no waiting room, book at once */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: that is no place of this queue */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many streams are open, or the queue can't be asked; ask for your place now and then */
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
    get_sales: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The event */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sales"];
                };
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Staff may not */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `event_not_found`, also for who is not its organiser */
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
    list_seats: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETag of an earlier answer */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The event */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All seats */
            200: {
                headers: {
                    /** @description Names this state */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeatList"];
                };
            };
            /** @description As before */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `event_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The event is not known yet and the catalog is away */
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
    get_waiting_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The event */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller's entries */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Entries"];
                };
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `event_not_found` */
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
    join_waiting_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The event */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "quantity": 2,
                 *       "ticket_type_id": "0192f0c1-0000-7000-8000-000000000002"
                 *     }
                 */
                "application/json": components["schemas"]["NewEntry"];
            };
        };
        responses: {
            /** @description On the list */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaitingEntry"];
                };
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `access_code_required`, `access_code_wrong` (with `ticket_type_id`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `event_not_found`, `ticket_type_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_sold_out` (with `available`), `already_waiting` for another `quantity`, `sales_not_started`, `sales_closed`, `event_not_on_sale` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`, `too_many_per_order` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too much is asked at once, or the ticket type's access code is not known here yet */
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
    leave_waiting_list: {
        parameters: {
            query?: {
                /** @description Only this ticket type */
                ticket_type_id?: string;
            };
            header?: never;
            path: {
                /** @description The event */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Not on the list */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `event_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `ticket_type_id` is no id */
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
