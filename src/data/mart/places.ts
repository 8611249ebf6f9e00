/**
 * Where people live and pay: 160 countries (ISO 3166 codes, largest populations without North Korea), the first twelve
 * with several cities. Each city has its degrees north and east and its hours ahead of UTC; a city's offset is fixed.
 * A country's weight is its share among account holders before normalising (`DATA.md` §1.2).
 */
export interface Place {
  city: string;
  country: string;
  /** Degrees north. */
  lat: number;
  /** Degrees east. */
  lon: number;
  /** Hours ahead of UTC. */
  offset: number;
}

const SEVERAL = `
US 35: New York 40.7 -74 -5, Los Angeles 34.1 -118.2 -8, Chicago 41.9 -87.6 -6, Houston 29.8 -95.4 -6, Phoenix 33.4 -112.1 -7, Seattle 47.6 -122.3 -8, Miami 25.8 -80.2 -5, Denver 39.7 -105 -7
GB 8: London 51.5 -0.1 0, Manchester 53.5 -2.2 0, Edinburgh 55.9 -3.2 0, Cardiff 51.5 -3.2 0
DE 8: Berlin 52.5 13.4 1, Hamburg 53.6 10 1, Munich 48.1 11.6 1, Cologne 50.9 7 1
FR 8: Paris 48.9 2.4 1, Lyon 45.8 4.8 1, Marseille 43.3 5.4 1, Lille 50.6 3.1 1
CA 8: Toronto 43.7 -79.4 -5, Vancouver 49.3 -123.1 -8, Montreal 45.5 -73.6 -5, Calgary 51 -114.1 -7
CN 8: Shanghai 31.2 121.5 8, Beijing 39.9 116.4 8, Guangzhou 23.1 113.3 8, Chengdu 30.7 104.1 8
JP 8: Tokyo 35.7 139.7 9, Osaka 34.7 135.5 9, Sapporo 43.1 141.4 9
IN 4: Mumbai 19.1 72.9 5.5, Delhi 28.7 77.1 5.5, Bangalore 13 77.6 5.5, Kolkata 22.6 88.4 5.5
BR 4: Sao Paulo -23.6 -46.6 -3, Rio de Janeiro -22.9 -43.2 -3, Recife -8.1 -34.9 -3
AU 4: Sydney -33.9 151.2 10, Melbourne -37.8 145 10, Perth -32 115.9 8
ES 4: Madrid 40.4 -3.7 1, Barcelona 41.4 2.2 1, Seville 37.4 -6 1
IT 4: Rome 41.9 12.5 1, Milan 45.5 9.2 1, Naples 40.9 14.3 1`;

/** One city each, weight 1. */
const ONE = `
ID Jakarta -6.2 106.8 7, PK Karachi 24.9 67 5, NG Lagos 6.5 3.4 1, BD Dhaka 23.8 90.4 6, RU Moscow 55.8 37.6 3,
ET Addis Ababa 9 38.8 3, MX Mexico City 19.4 -99.1 -6, EG Cairo 30 31.2 2, PH Manila 14.6 121 8, CD Kinshasa -4.3 15.3 1,
VN Hanoi 21 105.9 7, IR Tehran 35.7 51.4 3.5, TR Istanbul 41 29 3, TH Bangkok 13.8 100.5 7, TZ Dar es Salaam -6.8 39.3 3,
ZA Johannesburg -26.2 28 2, KE Nairobi -1.3 36.8 3, MM Yangon 16.9 96.2 6.5, CO Bogota 4.7 -74.1 -5, KR Seoul 37.6 127 9,
SD Khartoum 15.5 32.6 2, UG Kampala 0.3 32.6 3, DZ Algiers 36.8 3.1 1, IQ Baghdad 33.3 44.4 3, AR Buenos Aires -34.6 -58.4 -3,
AF Kabul 34.6 69.2 4.5, YE Sanaa 15.4 44.2 3, AO Luanda -8.8 13.2 1, UA Kyiv 50.5 30.5 2, MA Casablanca 33.6 -7.6 1,
PL Warsaw 52.2 21 1, UZ Tashkent 41.3 69.3 5, MY Kuala Lumpur 3.1 101.7 8, MZ Maputo -26 32.6 2, GH Accra 5.6 -0.2 0,
PE Lima -12 -77 -5, SA Riyadh 24.7 46.7 3, MG Antananarivo -18.9 47.5 3, CI Abidjan 5.4 -4 0, CM Douala 4.1 9.8 1,
NP Kathmandu 27.7 85.3 5.75, VE Caracas 10.5 -66.9 -4, NE Niamey 13.5 2.1 1, SY Damascus 33.5 36.3 3, ML Bamako 12.6 -8 0,
BF Ouagadougou 12.4 -1.5 0, TW Taipei 25 121.6 8, LK Colombo 6.9 79.9 5.5, MW Lilongwe -14 33.8 2, ZM Lusaka -15.4 28.3 2,
KZ Almaty 43.2 76.9 5, TD N'Djamena 12.1 15 1, CL Santiago -33.4 -70.7 -4, RO Bucharest 44.4 26.1 2, SO Mogadishu 2 45.3 3,
SN Dakar 14.7 -17.5 0, GT Guatemala City 14.6 -90.5 -6, NL Amsterdam 52.4 4.9 1, EC Quito -0.2 -78.5 -5, KH Phnom Penh 11.6 104.9 7,
ZW Harare -17.8 31.1 2, GN Conakry 9.6 -13.6 0, BJ Cotonou 6.4 2.4 1, RW Kigali -1.9 30.1 2, BI Bujumbura -3.4 29.4 2,
BO La Paz -16.5 -68.1 -4, TN Tunis 36.8 10.2 1, SS Juba 4.9 31.6 2, HT Port-au-Prince 18.5 -72.3 -5, BE Brussels 50.8 4.4 1,
JO Amman 31.9 35.9 3, DO Santo Domingo 18.5 -69.9 -4, CU Havana 23.1 -82.4 -5, HN Tegucigalpa 14.1 -87.2 -6, SE Stockholm 59.3 18.1 1,
CZ Prague 50.1 14.4 1, AZ Baku 40.4 49.9 4, TJ Dushanbe 38.6 68.8 5, PG Port Moresby -9.5 147.2 10, GR Athens 38 23.7 2,
PT Lisbon 38.7 -9.1 0, HU Budapest 47.5 19 1, AE Dubai 25.2 55.3 4, IL Tel Aviv 32.1 34.8 2, TG Lome 6.1 1.2 0,
AT Vienna 48.2 16.4 1, CH Zurich 47.4 8.5 1, SL Freetown 8.5 -13.2 0, BY Minsk 53.9 27.6 3, LA Vientiane 18 102.6 7,
LY Tripoli 32.9 13.2 2, NI Managua 12.1 -86.3 -6, KG Bishkek 42.9 74.6 6, PY Asuncion -25.3 -57.6 -3, TM Ashgabat 38 58.4 5,
BG Sofia 42.7 23.3 2, RS Belgrade 44.8 20.5 1, SV San Salvador 13.7 -89.2 -6, CG Brazzaville -4.2 15.2 1, DK Copenhagen 55.7 12.6 1,
SG Singapore 1.4 103.8 8, FI Helsinki 60.2 24.9 2, CF Bangui 4.4 18.6 1, NO Oslo 59.9 10.8 1, LR Monrovia 6.3 -10.8 0,
SK Bratislava 48.1 17.1 1, LB Beirut 33.9 35.5 2, PS Gaza 31.5 34.5 2, IE Dublin 53.3 -6.3 0, NZ Auckland -36.8 174.8 12,
CR San Jose 9.9 -84.1 -6, MR Nouakchott 18.1 -16 0, OM Muscat 23.6 58.4 4, KW Kuwait City 29.4 48 3, PA Panama City 9 -79.5 -5,
HR Zagreb 45.8 16 1, ER Asmara 15.3 38.9 3, GE Tbilisi 41.7 44.8 4, MN Ulaanbaatar 47.9 106.9 8, UY Montevideo -34.9 -56.2 -3,
MD Chisinau 47 28.9 2, PR San Juan 18.5 -66.1 -4, BA Sarajevo 43.9 18.4 1, AM Yerevan 40.2 44.5 4, JM Kingston 18 -76.8 -5,
LT Vilnius 54.7 25.3 2, QA Doha 25.3 51.5 3, AL Tirana 41.3 19.8 1, GM Banjul 13.5 -16.6 0, NA Windhoek -22.6 17.1 2,
BW Gaborone -24.7 25.9 2, GA Libreville 0.4 9.5 1, LS Maseru -29.3 27.5 2, SI Ljubljana 46.1 14.5 1, GW Bissau 11.9 -15.6 0,
LV Riga 56.9 24.1 2, GQ Malabo 3.8 8.8 1, MK Skopje 42 21.4 1, BH Manama 26.2 50.6 3, TT Port of Spain 10.7 -61.5 -4,
EE Tallinn 59.4 24.8 2, TL Dili -8.6 125.6 9, MU Port Louis -20.2 57.5 4, CY Nicosia 35.2 33.4 2, SZ Mbabane -26.3 31.1 2,
DJ Djibouti 11.6 43.1 3, FJ Suva -18.1 178.4 12, KM Moroni -11.7 43.3 3`;

function parsePlace(text: string, country: string): Place {
  const [, city, lat, lon, offset] = /^(.+?) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+)$/.exec(text.trim())!;
  return { city, country, lat: Number(lat), lon: Number(lon), offset: Number(offset) };
}

/** Countries with their weights, and all places, grouped by country in the same order. */
export const countries: { code: string; weight: number }[] = [];
export const places: Place[] = [];

for (const line of SEVERAL.trim().split('\n')) {
  const [head, cities] = line.split(': ');
  const [code, weight] = head.split(' ');
  countries.push({ code, weight: Number(weight) });
  for (const city of cities.split(', ')) places.push(parsePlace(city, code));
}
for (const text of ONE.trim().split(/,\s*/)) {
  const code = text.slice(0, 2);
  countries.push({ code, weight: 1 });
  places.push(parsePlace(text.slice(3), code));
}
