/** Words that synthetic people and addresses are put together from. */
export const FIRST_NAMES =
  'Ada Alan Amara Anders Anika Bela Bruno Carmen Chen Clara Daniel Diego Elena Emil Farah Felix Grace Hana Hugo Ines Isaac Jana Joao Kaito Kemal Lena Liam Luca Maya Mei Milan Nadia Noah Nora Olga Omar Paul Priya Rosa Sami Sofia Tariq Uma Vera Yara Yusuf Zoe Zoltan'.split(
    ' ',
  );
export const LAST_NAMES =
  'Abe Alves Andersson Bauer Becker Brown Chanda Costa Diaz Dubois Evans Fischer Garcia Haddad Hansen Ito Ivanov Jansen Kaya Kim Kovacs Kumar Lang Lee Lopez Martin Mensah Meyer Moreau Nguyen Novak Okafor Olsen Patel Petrov Rossi Sato Silva Singh Smith Tanaka Torres Varga Wang Weber Wilson Yilmaz Zhang'.split(
    ' ',
  );
export const STREETS =
  'Abbey Acacia Bridge Canal Castle Cedar Chapel Church Elm Garden Harbour Hill Lake Lime Market Meadow Mill North Oak Orchard Park Pine River Rose School South Spring Station Sunset Tower Valley Windmill'.split(
    ' ',
  );
