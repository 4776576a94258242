// The demo's venues: name, address, city, country, and the time zone and currency of what happens there.
const venue = (name, address, city, country, time_zone, currency = "EUR") => ({
  time_zone,
  currency,
  venue: { name, address, city, country },
});

export const places = {
  theatre: venue("Lindenhof Theatre", "Lindengasse 12", "Vienna", "AT", "Europe/Vienna"),
  kiln: venue("The Kiln", "Ziegelofengasse 4", "Vienna", "AT", "Europe/Vienna"),
  park: venue("Donaupark Meadow", "Donauturmstraße 8", "Vienna", "AT", "Europe/Vienna"),
  salzwerk: venue("Salzwerk", "Am Kai 21", "Salzburg", "AT", "Europe/Vienna"),
  depot: venue("Tramdepot", "Depotstraße 3", "Graz", "AT", "Europe/Vienna"),
  signal: venue("Signal Hall", "Köpenicker Straße 70", "Berlin", "DE", "Europe/Berlin"),
  werft: venue("Alte Werft", "Hafenstraße 19", "Hamburg", "DE", "Europe/Berlin"),
  orangerie: venue("Orangerie", "Schlossallee 1", "Munich", "DE", "Europe/Berlin"),
  seefeld: venue("Seefeld Forum", "Seefeldquai 31", "Zürich", "CH", "Europe/Zurich", "CHF"),
  glass: venue("Glass House", "Rue des Tanneurs 9", "Brussels", "BE", "Europe/Brussels"),
  grange: venue("La Grange", "Quai de la Loire 44", "Paris", "FR", "Europe/Paris"),
  arches: venue("The Arches", "14 Bermondsey Lane", "London", "GB", "Europe/London", "GBP"),
  ribeira: venue("Armazém Ribeira", "Cais da Estiva 6", "Porto", "PT", "Europe/Lisbon"),
  rambla: venue("Nau Central", "Carrer de Pallars 110", "Barcelona", "ES", "Europe/Madrid"),
  harbour: venue("Havnelageret", "Refshalevej 163", "Copenhagen", "DK", "Europe/Copenhagen", "DKK"),
  brooklyn: venue("Dry Dock 9", "63 Flushing Avenue", "New York", "US", "America/New_York", "USD"),
};
