/** Short names for the bodies that pages work with. */
import type { components as AuthComponents } from "./generated/auth";
import type { components as BookingComponents } from "./generated/booking";
import type { components as CatalogComponents } from "./generated/catalog";
import type { components as PaymentComponents } from "./generated/payment";

type AuthSchemas = AuthComponents["schemas"];
type BookingSchemas = BookingComponents["schemas"];
type CatalogSchemas = CatalogComponents["schemas"];
type PaymentSchemas = PaymentComponents["schemas"];

export type Money = BookingSchemas["Money"];

export type User = AuthSchemas["User"];
export type TokenAnswer = AuthSchemas["TokenAnswer"];
export type Session = AuthSchemas["Session"];

export type Event = CatalogSchemas["Event"];
export type EventSummary = CatalogSchemas["EventSummary"];
export type EventStatus = CatalogSchemas["EventStatus"];
export type TicketType = CatalogSchemas["TicketType"];
export type EventSeating = CatalogSchemas["EventSeating"];
export type Organisation = CatalogSchemas["Organisation"];
export type Venue = CatalogSchemas["Venue"];

export type Booking = BookingSchemas["Booking"];
export type BookingStatus = BookingSchemas["BookingStatus"];
export type BookingItem = BookingSchemas["BookingLine"];
export type NewBooking = BookingSchemas["NewBooking"];
export type Ticket = BookingSchemas["Ticket"];
export type Availability = BookingSchemas["Availability"];
export type SeatState = BookingSchemas["SeatItem"];
export type WaitingEntry = BookingSchemas["WaitingEntry"];
export type QueueView = BookingSchemas["QueueView"];
export type CheckIn = BookingSchemas["CheckIn"];

export type Payment = PaymentSchemas["Payment"];
export type PaymentDocument = PaymentSchemas["Document"];
export type PaymentStatus = PaymentSchemas["PaymentStatus"];
