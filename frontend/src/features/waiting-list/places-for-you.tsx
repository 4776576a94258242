import { useQuery } from "@tanstack/react-query";
import { holdsQuery } from "../../api/resources/bookings";
import type { Availability, Event } from "../../api/types";
import { paths } from "../../app/paths";
import { times } from "../../lib/money";
import { listOf } from "../../lib/words";
import { ButtonLink } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { Countdown } from "../../ui/countdown";
import { Money } from "../../ui/money";
import { Notice } from "../../ui/notice";
import { ProblemNotice } from "../../ui/problem-notice";
import { isOffer, type Offer } from "./entries";
import { useDecline, useRefresh, useWaitingList } from "./use-waiting-list";

/** What the waiting list offers to the person right now. */
export function PlacesForYou({ event, availability }: { event: Event; availability: Availability | undefined }) {
  const { data } = useWaitingList(event, availability);
  const offers = (data ?? []).filter(isOffer);
  return (
    <>
      <p className="visually-hidden" role="status">
        {offers.length > 0 && "It is your turn on the waiting list: there are places for you."}
      </p>
      {offers.map((offer) => (
        <OfferNotice key={offer.id} event={event} offer={offer} />
      ))}
    </>
  );
}

function OfferNotice({ event, offer }: { event: Event; offer: Offer }) {
  const { data: holds } = useQuery(holdsQuery());
  const decline = useDecline(event.id);
  const refresh = useRefresh(event.id);
  const type = event.ticket_types.find(({ id }) => id === offer.ticket_type_id);
  const booking = holds?.items.find(({ id }) => id === offer.booking_id);
  const seats = booking?.items.flatMap((item) => item.seats) ?? [];
  const [places, them] = offer.quantity === 1 ? ["place", "it"] : ["places", "them"];
  const total = booking?.total ?? (type && times(type.price, offer.quantity));
  return (
    <>
      <Notice
        tone="good"
        title={offer.quantity === 1 ? "A place for you" : "Places for you"}
        actions={
          <Confirm
            label="Decline"
            question={`Decline? Whoever is next in line gets the ${places}, and you are off the list.`}
            yes={`Decline the ${places}`}
            no={`Keep ${them}`}
            busy={decline.isPending}
            onConfirm={() => decline.mutate(offer.booking_id)}
            beside={
              <ButtonLink variant="primary" to={paths.checkout(offer.booking_id)}>
                Buy
              </ButtonLink>
            }
          />
        }
      >
        <p>
          <b>
            {offer.quantity} × {type?.name ?? "ticket"}
          </b>
          {total && (
            <>
              {" · "}
              <Money value={total} free />
            </>
          )}
          {seats.length > 0 && ` · ${seats.length === 1 ? "seat" : "seats"} ${listOf(seats)}`}
        </p>
        <p>
          Your turn on the waiting list: kept for you for <Countdown until={offer.expires_at} onEnd={() => void refresh()} />, then whoever is next gets {them}.
        </p>
      </Notice>
      {decline.isError && <ProblemNotice problem={decline.error} reassurance="Nothing was declined." />}
    </>
  );
}
