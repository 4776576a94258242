// A theatre with 1,214 seats as a seating plan in pretix's format: rows are arcs around the stage, positions in pixels, each
// relative to what contains it.

const categories = [
  { name: "Premium", color: "#7a1f5c" },
  { name: "Stalls", color: "#1f5fa8" },
  { name: "Circle", color: "#00806a" },
  { name: "Gallery", color: "#b06000" },
  { name: "Boxes", color: "#a02c2c" },
];

const width = 1600;
const height = 1420;
// The arcs' common centre lies behind the stage.
const centre = { x: width / 2, y: -300 };
const spacing = 26;
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

// One row on the arc of this radius, its seats numbered from the left as the audience sits.
function arc(guidPrefix, letter, seats, radius, category) {
  const step = spacing / radius;
  const first = -((seats - 1) * step) / 2;
  const top = centre.y + radius;
  return {
    row_number: letter,
    row_number_position: "both",
    position: { x: centre.x, y: top },
    seats: Array.from({ length: seats }, (_, index) => {
      const angle = first + index * step;
      return {
        seat_guid: `${guidPrefix}${letter}-${index + 1}`,
        seat_number: String(index + 1),
        position: { x: Math.round(radius * Math.sin(angle)), y: Math.round(radius * Math.cos(angle) - radius) },
        category: typeof category === "function" ? category(index, seats) : category,
      };
    }),
  };
}

function rows(guidPrefix, counts, nearest, distance, category) {
  return counts.map((seats, index) =>
    arc(guidPrefix, letters[index], seats, nearest + index * distance, typeof category === "function" ? category(index) : category),
  );
}

// Rows A to H are premium, but for the four seats at either end.
const stalls = rows(
  "",
  [24, 24, 26, 26, 28, 28, 30, 30, 32, 32, ...Array(10).fill(34)],
  560,
  30,
  (row) => (row < 8 ? (seat, seats) => (seat >= 4 && seat < seats - 4 ? "Premium" : "Stalls") : "Stalls"),
);
const circle = rows("C-", [40, 40, 42, 42, 44, 44, 44, 44], 1210, 30, "Circle");
const gallery = rows("G-", [38, 38, 40, 40, 42, 42], 1500, 30, "Gallery");

function box(name, x, direction) {
  return {
    row_number: name,
    row_number_position: "start",
    position: { x, y: 330 },
    seats: Array.from({ length: 7 }, (_, index) => ({
      seat_guid: `B-${name}-${index + 1}`,
      seat_number: String(index + 1),
      position: { x: direction * index * 6, y: index * 34 },
      category: "Boxes",
    })),
  };
}

const origin = { x: 0, y: 0 };

export const theatre = {
  name: "Main hall",
  categories,
  size: { width, height },
  zones: [
    {
      name: "Stalls",
      position: origin,
      rows: stalls,
      areas: [
        {
          shape: "rectangle",
          position: { x: 500, y: 30 },
          rotation: 0,
          color: "#e6e2da",
          border_color: "#8b857a",
          rectangle: { width: 600, height: 110 },
          text: { position: { x: 300, y: 55 }, color: "#3c3833", text: "Stage" },
        },
      ],
    },
    { name: "Boxes", position: origin, rows: [box("L", 260, -1), box("R", width - 260, 1)], areas: [] },
    { name: "Circle", position: origin, rows: circle, areas: [] },
    { name: "Gallery", position: origin, rows: gallery, areas: [] },
  ],
};

export const seatCount = theatre.zones.flatMap((zone) => zone.rows).reduce((sum, row) => sum + row.seats.length, 0);
