// Generated from docs/openapi by `npm run generate`. Don't edit.

export interface paths {
    "/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List categories
         * @description Of published events that are yet to come; for filters. Counts are of the next 10,000 events and up to a minute old.
         */
        get: operations["list_categories"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find events
         * @description What is published, soonest first, page by page. Filters may be combined. Members of an organisation see their drafts, cancelled and
         *     past events with `organisation_id`.
         */
        get: operations["list_events"];
        put?: never;
        /**
         * Make an event
         * @description It begins as a draft that only the organisation's members see; publish it to sell. An event with numbered seats names a
         *     `venue_id`, one of its seating plans, and the `seating_categories` each ticket type sells; capacities are counted from the plan.
         */
        post: operations["create_event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import events
         * @description The body is NDJSON: a schema.org `Event` as JSON-LD on each line, at most 8 MiB. Lines that can't become events are named with
         *     the reason; the others are stored. Importing again changes only what has changed: an event is known by its URL, name and date.
         */
        post: operations["import_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an event
         * @description Drafts exist only for the organisation's members. Access codes are told to nobody here. Send the `ETag` as `If-None-Match` to save the body when nothing changed, and as
         *     `If-Match` when you edit.
         */
        get: operations["get_event"];
        put?: never;
        post?: never;
        /**
         * Delete a draft
         * @description What was published is cancelled instead, so that its buyers are told.
         */
        delete: operations["delete_event"];
        options?: never;
        head?: never;
        /**
         * Edit an event
         * @description Send the ETag of what you changed as `If-Match`; when somebody else was faster that is 412: get the event, and edit again. Once
         *     published, seats are frozen and ticket types stay; a capacity is decided by Booking and never goes below what is held and sold.
         */
        patch: operations["update_event"];
        trace?: never;
    };
    "/events/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel an event
         * @description For good: sales end at once, every booking is cancelled, its buyer is told and gets the money back.
         */
        post: operations["cancel_event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}/duplicate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Duplicate an event
         * @description A new draft with everything but the sales; give it its own dates.
         */
        post: operations["duplicate_event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}/edit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an event for editing
         * @description As its organisers know it: with the access codes of its ticket types.
         */
        get: operations["get_event_to_edit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish an event
         * @description Everybody sees it and can book. Its seats are frozen as the seating plan has them now.
         */
        post: operations["publish_event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}/seating": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an event's seats
         * @description The seating plan, every seat with its place and the ticket type that sells it. It never changes once the event is published;
         *     which seats are free is Booking's to say.
         */
        get: operations["get_event_seating"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organisations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List my organisations
         * @description Those that the caller organises or works for, with the role.
         */
        get: operations["list_organisations"];
        put?: never;
        /**
         * Make an organisation
         * @description It owns venues and events. Whoever makes it is its organiser and can add others.
         */
        post: operations["create_organisation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organisations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an organisation
         * @description For its members, and for admins.
         */
        get: operations["get_organisation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organisations/{id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List members
         * @description With name and address, for the organisation's own members.
         */
        get: operations["list_members"];
        put?: never;
        /**
         * Add a member
         * @description By the address of an account that exists. Adding somebody again changes the role.
         */
        post: operations["add_member"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organisations/{id}/members/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * My membership
         * @description What other services ask to find out what the caller may do for the organisation.
         */
        get: operations["my_membership"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organisations/{id}/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change a member's role
         * @description The last organiser stays one.
         */
        put: operations["set_member"];
        post?: never;
        /**
         * Remove a member
         * @description The last organiser stays.
         */
        delete: operations["remove_member"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/venues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List venues
         * @description Of all organisations that the caller belongs to, or of one.
         */
        get: operations["list_venues"];
        put?: never;
        /**
         * Make a venue
         * @description A place that the organisation uses again and again; seating plans belong to it.
         */
        post: operations["create_venue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/venues/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a venue
         * @description For members of its organisation.
         */
        get: operations["get_venue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/venues/{id}/seating-plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a venue's seating plans
         * @description The oldest first, without their seats.
         */
        get: operations["list_seating_plans"];
        put?: never;
        /**
         * Import a seating plan
         * @description The body is a plan in pretix's open JSON format, as its seating plan editors write it: zones of rows of seats, each with
         *     `seat_guid`, `seat_number`, `position` and `category`, and the categories with their colours. At most 50,000 seats. A plan with
         *     faults is refused, and each fault is named by its JSON pointer.
         */
        post: operations["create_seating_plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/venues/{id}/seating-plans/{plan_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export a seating plan
         * @description In pretix's format, as it was imported.
         */
        get: operations["export_seating_plan"];
        put?: never;
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
        /**
         * @description Upper and lower case are the same
         * @example FANCLUB-2027
         */
        AccessCode: string;
        Cancellation: {
            reason?: components["schemas"]["Text0To1000"] | null;
        };
        Categories: {
            /** @description The fullest first, at most 100 */
            items: components["schemas"]["CategoryCount"][];
        };
        /** @description A price category of a plan. */
        Category: {
            /** @description CSS colour */
            color: string;
            name: components["schemas"]["Text1To50"];
        };
        CategoryCount: {
            category: string;
            /**
             * Format: int64
             * @description Events that are yet to come
             */
            count: number;
        };
        /** @example AT */
        Country: string;
        /**
         * @description ISO 4217 code
         * @example EUR
         */
        Currency: string;
        /** @description An event with all there is to know of it. */
        Event: {
            cancel_reason: string | null;
            /** Format: date-time */
            cancelled_at: string | null;
            /**
             * Format: int64
             * @description Tickets in all
             */
            capacity: number;
            category: string;
            /** Format: date-time */
            created_at: string;
            description: string;
            /** Format: date-time */
            ends_at: string;
            /** @description The event's own page elsewhere */
            external_url: string | null;
            from_price: components["schemas"]["Money"] | null;
            id: components["schemas"]["EventId"];
            image_url: string | null;
            /**
             * Format: int32
             * @description Tickets one buyer may hold or own; null for no limit
             */
            max_per_buyer: number | null;
            organisation_id: components["schemas"]["OrganisationId"];
            organisation_name: string;
            /** Format: date-time */
            published_at: string | null;
            seating_plan_id: components["schemas"]["SeatingPlanId"] | null;
            sold_out: boolean;
            /** Format: date-time */
            starts_at: string;
            status: components["schemas"]["EventStatus"];
            tags: string[];
            ticket_types: components["schemas"]["TicketType"][];
            /** @description IANA time zone */
            time_zone: string;
            title: string;
            /** Format: date-time */
            updated_at: string;
            venue: components["schemas"]["EventVenue"] | null;
            venue_id: components["schemas"]["VenueId"] | null;
            /**
             * Format: int64
             * @description Grows with each change; the ETag is made of it
             */
            version: number;
            /** @description Whether buyers wait in line: Booking wants an admission from its queue */
            waiting_room: boolean;
        };
        EventCategory: {
            /** @description CSS colour */
            color: string;
            name: string;
            ticket_type_id: components["schemas"]["TicketTypeId"] | null;
        };
        /**
         * @description Fields to replace; the others stay. `venue` and `ticket_types` are replaced as a whole: ticket types that stay keep their `id`, and
         *     their `access_code` unless another one or null is given.
         */
        EventChange: {
            category?: components["schemas"]["Text1To50"];
            description?: components["schemas"]["Text0To20000"];
            /** Format: date-time */
            ends_at?: string;
            external_url?: components["schemas"]["WebUrl"] | null;
            image_url?: components["schemas"]["WebUrl"] | null;
            /** Format: int32 */
            max_per_buyer?: number | null;
            seating_plan_id?: components["schemas"]["SeatingPlanId"] | null;
            /** Format: date-time */
            starts_at?: string;
            tags?: components["schemas"]["Text1To50"][];
            ticket_types?: components["schemas"]["TicketTypeInput"][];
            time_zone?: components["schemas"]["TimeZone"];
            title?: components["schemas"]["Text1To200"];
            venue?: components["schemas"]["VenueAddress"] | null;
            venue_id?: components["schemas"]["VenueId"] | null;
            waiting_room?: boolean;
        };
        /** Format: uuid */
        EventId: string;
        EventSeat: {
            category: string;
            number: string;
            row: string;
            seat_guid: string;
            ticket_type_id: components["schemas"]["TicketTypeId"] | null;
            /**
             * Format: double
             * @description Position on the plan, in its units
             */
            x: number;
            /** Format: double */
            y: number;
            zone: string;
        };
        EventSeating: {
            categories: components["schemas"]["EventCategory"][];
            /** @description The plan in pretix's format, as it was imported */
            plan: Record<string, never>;
            seats: components["schemas"]["EventSeat"][];
        };
        /** @enum {string} */
        EventStatus: "draft" | "published" | "cancelled" | "completed";
        /** @description An event in a list. */
        EventSummary: {
            /** Format: int64 */
            capacity: number;
            category: string;
            /** Format: date-time */
            ends_at: string;
            external_url: string | null;
            from_price: components["schemas"]["Money"] | null;
            id: components["schemas"]["EventId"];
            image_url: string | null;
            organisation_id: components["schemas"]["OrganisationId"];
            organisation_name: string;
            seating_plan_id: components["schemas"]["SeatingPlanId"] | null;
            sold_out: boolean;
            /** Format: date-time */
            starts_at: string;
            status: components["schemas"]["EventStatus"];
            tags: string[];
            time_zone: string;
            title: string;
            venue: components["schemas"]["EventVenue"] | null;
            /** Format: int64 */
            version: number;
        };
        EventVenue: {
            address: string;
            city: string;
            /** @description ISO 3166-1 alpha-2, empty when it is not known */
            country: string;
            id: components["schemas"]["VenueId"] | null;
            name: string;
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
        /** @description What became of an import. */
        ImportReport: {
            created: number;
            /** @description Lines that are not empty */
            lines: number;
            skipped: components["schemas"]["SkippedLine"][];
            /** @description Already there as they are, or cancelled or completed here */
            unchanged: number;
            updated: number;
        };
        Member: {
            /** Format: date-time */
            added_at: string;
            /** @description Null until auth has told of the account */
            email: string | null;
            name: string | null;
            role: components["schemas"]["Role"];
            user_id: components["schemas"]["UserId"];
        };
        MemberRole: {
            role: components["schemas"]["Role"];
        };
        /** @description The caller's membership. */
        Membership: {
            organisation_id: components["schemas"]["OrganisationId"];
            role: components["schemas"]["Role"];
            user_id: components["schemas"]["UserId"];
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
        /** @description What an organiser says of an event. */
        NewEvent: {
            /** @description One word that lists can be filtered by */
            category?: components["schemas"]["Text1To50"];
            description?: components["schemas"]["Text0To20000"];
            /** Format: date-time */
            ends_at: string;
            external_url?: components["schemas"]["WebUrl"] | null;
            image_url?: components["schemas"]["WebUrl"] | null;
            /**
             * Format: int32
             * @description Tickets one buyer may hold or own; null for no limit
             * @default 10
             */
            max_per_buyer: number | null;
            organisation_id: components["schemas"]["OrganisationId"];
            seating_plan_id?: components["schemas"]["SeatingPlanId"] | null;
            /** Format: date-time */
            starts_at: string;
            tags?: components["schemas"]["Text1To50"][];
            ticket_types?: components["schemas"]["TicketTypeInput"][];
            time_zone: components["schemas"]["TimeZone"];
            title: components["schemas"]["Text1To200"];
            venue?: components["schemas"]["VenueAddress"] | null;
            venue_id?: components["schemas"]["VenueId"] | null;
            /** @description Whether buyers wait in line: they are let in as fast as the sale can serve them */
            waiting_room?: boolean;
        };
        NewMember: {
            /**
             * @description Address of an account, in any case
             * @example gate@example.com
             */
            email: string;
            role: components["schemas"]["Role"];
        };
        NewOrganisation: {
            name: components["schemas"]["Text1To200"];
        };
        NewVenue: {
            address?: components["schemas"]["Text0To300"];
            city?: components["schemas"]["Text0To100"];
            country?: components["schemas"]["Country"];
            name: components["schemas"]["Text1To200"];
            organisation_id: components["schemas"]["OrganisationId"];
        };
        Organisation: {
            /** Format: date-time */
            created_at: string;
            id: components["schemas"]["OrganisationId"];
            name: string;
            role: components["schemas"]["Role"] | null;
        };
        /** Format: uuid */
        OrganisationId: string;
        /** @description One page of a list. */
        Page_EventSummary: {
            items: {
                /** Format: int64 */
                capacity: number;
                category: string;
                /** Format: date-time */
                ends_at: string;
                external_url: string | null;
                from_price: components["schemas"]["Money"] | null;
                id: components["schemas"]["EventId"];
                image_url: string | null;
                organisation_id: components["schemas"]["OrganisationId"];
                organisation_name: string;
                seating_plan_id: components["schemas"]["SeatingPlanId"] | null;
                sold_out: boolean;
                /** Format: date-time */
                starts_at: string;
                status: components["schemas"]["EventStatus"];
                tags: string[];
                time_zone: string;
                title: string;
                venue: components["schemas"]["EventVenue"] | null;
                /** Format: int64 */
                version: number;
            }[];
            /** @description Send it as `cursor` to get the next page; null on the last */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Page_Member: {
            items: {
                /** Format: date-time */
                added_at: string;
                /** @description Null until auth has told of the account */
                email: string | null;
                name: string | null;
                role: components["schemas"]["Role"];
                user_id: components["schemas"]["UserId"];
            }[];
            /** @description Send it as `cursor` to get the next page; null on the last */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Page_Organisation: {
            items: {
                /** Format: date-time */
                created_at: string;
                id: components["schemas"]["OrganisationId"];
                name: string;
                role: components["schemas"]["Role"] | null;
            }[];
            /** @description Send it as `cursor` to get the next page; null on the last */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Page_SeatingPlan: {
            items: {
                categories: components["schemas"]["Category"][];
                /** Format: date-time */
                created_at: string;
                id: components["schemas"]["SeatingPlanId"];
                name: string;
                /** Format: int32 */
                seat_count: number;
                venue_id: components["schemas"]["VenueId"];
            }[];
            /** @description Send it as `cursor` to get the next page; null on the last */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Page_Venue: {
            items: {
                address: string;
                city: string;
                country: string;
                /** Format: date-time */
                created_at: string;
                id: components["schemas"]["VenueId"];
                name: string;
                organisation_id: components["schemas"]["OrganisationId"];
            }[];
            /** @description Send it as `cursor` to get the next page; null on the last */
            next_cursor?: string | null;
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
        /**
         * @description A member's role in an organisation.
         * @enum {string}
         */
        Role: "organiser" | "staff";
        SeatingPlan: {
            categories: components["schemas"]["Category"][];
            /** Format: date-time */
            created_at: string;
            id: components["schemas"]["SeatingPlanId"];
            name: string;
            /** Format: int32 */
            seat_count: number;
            venue_id: components["schemas"]["VenueId"];
        };
        /** Format: uuid */
        SeatingPlanId: string;
        /** @description A line that is no event. */
        SkippedLine: {
            /** @description Counted from 1, empty lines too */
            line: number;
            /** @description The event's name, where there is one */
            name: string | null;
            reason: string;
        };
        Text0To100: string;
        Text0To1000: string;
        Text0To20000: string;
        Text0To300: string;
        Text1To200: string;
        Text1To50: string;
        TicketType: {
            /** @description The access code, where there is one; told to organisers only, where they edit */
            access_code?: components["schemas"]["AccessCode"];
            /** @description Whether Booking wants its access code */
            access_code_required: boolean;
            /** Format: int32 */
            capacity: number;
            id: components["schemas"]["TicketTypeId"];
            kind: components["schemas"]["TicketTypeKind"];
            /** Format: int32 */
            max_per_order: number;
            name: string;
            price: components["schemas"]["Money"];
            /** Format: date-time */
            sales_end: string | null;
            /** Format: date-time */
            sales_start: string | null;
            seating_categories: string[];
        };
        /** Format: uuid */
        TicketTypeId: string;
        TicketTypeInput: {
            access_code?: components["schemas"]["AccessCode"] | null;
            /**
             * Format: int32
             * @description Tickets there are; counted from the plan where seats are numbered
             */
            capacity?: number;
            /** @description Absent for a new one */
            id?: components["schemas"]["TicketTypeId"];
            kind?: components["schemas"]["TicketTypeKind"] | null;
            /**
             * Format: int32
             * @description Most tickets in one order
             * @default 10
             */
            max_per_order: number;
            name: components["schemas"]["Text1To50"];
            price: components["schemas"]["Money"];
            /** Format: date-time */
            sales_end?: string | null;
            /** Format: date-time */
            sales_start?: string | null;
            /** @description Categories of the seating plan whose seats it sells */
            seating_categories?: components["schemas"]["Text1To50"][];
        };
        /** @enum {string} */
        TicketTypeKind: "general" | "seated";
        /**
         * @description IANA time zone
         * @example Europe/Vienna
         */
        TimeZone: string;
        /**
         * Format: uuid
         * @description An account.
         */
        UserId: string;
        Venue: {
            address: string;
            city: string;
            country: string;
            /** Format: date-time */
            created_at: string;
            id: components["schemas"]["VenueId"];
            name: string;
            organisation_id: components["schemas"]["OrganisationId"];
        };
        VenueAddress: {
            address?: components["schemas"]["Text0To300"];
            city?: components["schemas"]["Text0To100"];
            country: components["schemas"]["Country"];
            name: components["schemas"]["Text1To200"];
        };
        /** Format: uuid */
        VenueId: string;
        /** @example https://example.com/picture.jpg */
        WebUrl: string;
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_categories: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The categories */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Categories"];
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
    list_events: {
        parameters: {
            query?: {
                /**
                 * @description Words in title, category, tags, place and description; accents and case don't matter, and the last may be a beginning
                 * @example jazz vien
                 */
                q?: string;
                /** @description Begins at this time or later */
                from?: string;
                /** @description Begins before this time */
                to?: string;
                category?: string;
                /**
                 * @description Accents and case don't matter
                 * @example Vienna
                 */
                city?: string;
                /**
                 * @description ISO 3166-1 alpha-2
                 * @example AT
                 */
                country?: string;
                /** @description The cheapest ticket costs this or more, in minor units */
                price_min?: number;
                /** @description The cheapest ticket costs this or less, in minor units */
                price_max?: number;
                /** @description Prices in this currency */
                currency?: components["schemas"]["Currency"];
                /** @description Only what is sold here and not sold out */
                available?: boolean;
                /** @description Only this organisation's; its members see all states, also drafts */
                organisation_id?: string;
                /** @description Only events in this state; others than `published` only of your own organisations */
                status?: "draft" | "published" | "cancelled" | "completed";
                /** @description `relevance` when there are words, else `starts_at` */
                sort?: "relevance" | "starts_at" | "-starts_at" | "price";
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
            /** @description A page of events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_EventSummary"];
                };
            };
            /** @description `unauthorized`: the token is not valid, or `status` needs one */
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
    create_event: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request; the same key with the same body gets the first answer again for 24 hours */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "category": "conference",
                 *       "description": "Two days of talks.",
                 *       "ends_at": "2027-05-08T16:00:00Z",
                 *       "organisation_id": "0193a1b2-0000-7000-8000-000000000001",
                 *       "starts_at": "2027-05-07T07:00:00Z",
                 *       "tags": [
                 *         "rust"
                 *       ],
                 *       "ticket_types": [
                 *         {
                 *           "capacity": 300,
                 *           "max_per_order": 6,
                 *           "name": "Regular",
                 *           "price": {
                 *             "amount": 12000,
                 *             "currency": "EUR"
                 *           }
                 *         }
                 *       ],
                 *       "time_zone": "Europe/Vienna",
                 *       "title": "Rust by the Danube",
                 *       "venue": {
                 *         "address": "Ring 2",
                 *         "city": "Vienna",
                 *         "country": "AT",
                 *         "name": "City Hall"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["NewEvent"];
            };
        };
        responses: {
            /** @description The draft */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
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
            /** @description `forbidden`: only organisers */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `organisation_not_found` */
            404: {
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
    import_events: {
        parameters: {
            query: {
                /** @description Who they belong to */
                organisation_id: components["schemas"]["OrganisationId"];
                /** @description Publish what is new, and drafts of an earlier import */
                publish?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description An event a line */
        requestBody: {
            content: {
                /** @example {"@type": "Event", "name": "Rust by the Danube", "startDate": "2027-05-07", "url": "https://example.com"} */
                "application/x-ndjson": string;
            };
        };
        responses: {
            /** @description What became of each line */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
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
            /** @description `forbidden`: only organisers */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `organisation_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: split the file */
            413: {
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
    get_event: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what you have */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The event */
                id: components["schemas"]["EventId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event */
            200: {
                headers: {
                    /** @description Names this version */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description It is still what you have */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `unauthorized`: the token is not valid */
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
    delete_event: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The event */
                id: components["schemas"]["EventId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
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
            /** @description `forbidden`: only organisers */
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
            /** @description `invalid_transition`: it is no draft */
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
    update_event: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The ETag of what you changed
                 * @example "3"
                 */
                "If-Match": string;
            };
            path: {
                /** @description The event */
                id: components["schemas"]["EventId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "title": "Rust by the Danube 2027"
                 *     }
                 */
                "application/json": components["schemas"]["EventChange"];
            };
        };
        responses: {
            /** @description The event as it is now */
            200: {
                headers: {
                    /** @description Names this version */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
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
            /** @description `forbidden`: only organisers */
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
            /** @description `capacity_below_sold`, `invalid_transition`: cancelled and completed events don't change */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `stale_version`: somebody else has changed it */
            412: {
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
            /** @description `precondition_required`: `If-Match` is missing */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Booking can't be asked about a capacity */
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
    cancel_event: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request; the same key with the same body gets the first answer again for 24 hours */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The event */
                id: components["schemas"]["EventId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "The singer is ill."
                 *     }
                 */
                "application/json": components["schemas"]["Cancellation"] | null;
            };
        };
        responses: {
            /** @description The event, cancelled */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
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
            /** @description `forbidden`: only organisers */
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
            /** @description `invalid_transition`: it is not published; delete a draft instead */
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
    duplicate_event: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request; the same key gets the first answer again for 24 hours */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The event */
                id: components["schemas"]["EventId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The draft */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
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
            /** @description `forbidden`: only organisers */
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
            /** @description `invalid_request`: the original refers to what is gone */
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
    get_event_to_edit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The event */
                id: components["schemas"]["EventId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event */
            200: {
                headers: {
                    /** @description Names this version */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
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
            /** @description `forbidden`: only organisers */
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
    publish_event: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request; the same key gets the first answer again for 24 hours */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The event */
                id: components["schemas"]["EventId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event, on sale */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
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
            /** @description `forbidden`: only organisers */
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
            /** @description `invalid_transition`: it is no draft */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_request`: `errors` says what is missing, by the event's fields */
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
    get_event_seating: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The event */
                id: components["schemas"]["EventId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The seats */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventSeating"];
                };
            };
            /** @description `seating_plan_not_found`: there is no such event on sale, or it has no numbered seats */
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
    list_organisations: {
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
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of organisations */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Organisation"];
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
    create_organisation: {
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
                 *       "name": "City Theatre"
                 *     }
                 */
                "application/json": components["schemas"]["NewOrganisation"];
            };
        };
        responses: {
            /** @description The organisation */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organisation"];
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
    get_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organisation */
                id: components["schemas"]["OrganisationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The organisation */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organisation"];
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
            /** @description `organisation_not_found` */
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
    list_members: {
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
                /** @description The organisation */
                id: components["schemas"]["OrganisationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of members */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Member"];
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
            /** @description `organisation_not_found` */
            404: {
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
    add_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organisation */
                id: components["schemas"]["OrganisationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "gate@example.com",
                 *       "role": "staff"
                 *     }
                 */
                "application/json": components["schemas"]["NewMember"];
            };
        };
        responses: {
            /** @description The member */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
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
            /** @description `forbidden`: only organisers */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `organisation_not_found`, or `user_not_found`: ask the person to register first */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last_organiser`: make somebody else organiser first */
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
    my_membership: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organisation */
                id: components["schemas"]["OrganisationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller's role */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Membership"];
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
            /** @description `organisation_not_found`: the caller is no member */
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
    set_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organisation */
                id: components["schemas"]["OrganisationId"];
                /** @description The member */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "organiser"
                 *     }
                 */
                "application/json": components["schemas"]["MemberRole"];
            };
        };
        responses: {
            /** @description The member */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
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
            /** @description `forbidden`: only organisers */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `organisation_not_found` or `member_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last_organiser`: make somebody else organiser first */
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
    remove_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organisation */
                id: components["schemas"]["OrganisationId"];
                /** @description The member */
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
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
            /** @description `forbidden`: only organisers */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `organisation_not_found` or `member_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last_organiser`: make somebody else organiser first */
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
    list_venues: {
        parameters: {
            query?: {
                /** @description Only this organisation's */
                organisation_id?: components["schemas"]["OrganisationId"];
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
            /** @description A page of venues */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Venue"];
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
    create_venue: {
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
                 *       "address": "Ring 2",
                 *       "city": "Vienna",
                 *       "country": "AT",
                 *       "name": "City Theatre",
                 *       "organisation_id": "0193a1b2-0000-7000-8000-000000000001"
                 *     }
                 */
                "application/json": components["schemas"]["NewVenue"];
            };
        };
        responses: {
            /** @description The venue */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Venue"];
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
            /** @description `forbidden`: only organisers */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `organisation_not_found` */
            404: {
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
    get_venue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The venue */
                id: components["schemas"]["VenueId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The venue */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Venue"];
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
            /** @description `venue_not_found` */
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
    list_seating_plans: {
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
                /** @description The venue */
                id: components["schemas"]["VenueId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of plans */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_SeatingPlan"];
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
            /** @description `venue_not_found` */
            404: {
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
    create_seating_plan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The venue */
                id: components["schemas"]["VenueId"];
            };
            cookie?: never;
        };
        /** @description A seating plan in pretix's format */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "categories": [
                 *         {
                 *           "color": "#2563eb",
                 *           "name": "Stalls"
                 *         }
                 *       ],
                 *       "name": "Hall",
                 *       "size": {
                 *         "height": 100,
                 *         "width": 100
                 *       },
                 *       "zones": [
                 *         {
                 *           "name": "Floor",
                 *           "position": {
                 *             "x": 0,
                 *             "y": 0
                 *           },
                 *           "rows": [
                 *             {
                 *               "position": {
                 *                 "x": 0,
                 *                 "y": 0
                 *               },
                 *               "row_number": "A",
                 *               "seats": [
                 *                 {
                 *                   "category": "Stalls",
                 *                   "position": {
                 *                     "x": 0,
                 *                     "y": 0
                 *                   },
                 *                   "seat_guid": "A-1",
                 *                   "seat_number": "1"
                 *                 }
                 *               ]
                 *             }
                 *           ]
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The plan */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeatingPlan"];
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
            /** @description `forbidden`: only organisers */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `venue_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `seating_plan_invalid`: `errors` names each fault (the first 100) */
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
    export_seating_plan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The venue */
                id: components["schemas"]["VenueId"];
                /** @description The plan */
                plan_id: components["schemas"]["SeatingPlanId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The plan */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
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
            /** @description `venue_not_found` or `seating_plan_not_found` */
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
}
