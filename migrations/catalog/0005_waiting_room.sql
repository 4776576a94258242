-- Whether buyers wait in line when the event goes on sale. A release that does not know it leaves it off.
ALTER TABLE events ADD COLUMN waiting_room boolean NOT NULL DEFAULT false;
