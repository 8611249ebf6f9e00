/** What is bought, in realistic mode: share of rows, mean and sd of the log amount, share paid with the card present. */
interface Category {
  name: string;
  share: number;
  mu: number;
  sigma: number;
  present: number;
}

const category = (name: string, share: number, mu: number, sigma: number, present: number): Category => ({
  name,
  share,
  mu,
  sigma,
  present,
});

/** `DATA.md` §2.3, point 4. */
export const CATEGORIES: Category[] = [
  category('Groceries', 0.24, 3.5, 0.75, 0.93),
  category('Restaurants', 0.2, 3.0, 0.65, 0.85),
  category('Gas Stations', 0.09, 3.6, 0.45, 0.97),
  category('Online', 0.16, 3.7, 0.9, 0),
  category('Pharmacy', 0.06, 3.0, 0.7, 0.9),
  category('Transport', 0.09, 2.3, 0.7, 0.7),
  category('Entertainment', 0.06, 3.2, 0.7, 0.5),
  category('Electronics', 0.03, 4.9, 0.8, 0.35),
  category('Fashion', 0.05, 4.0, 0.8, 0.55),
  category('Travel', 0.02, 5.3, 0.9, 0.2),
];

/** Number of the category whose merchants take no card in hand. */
export const ONLINE = 3;

/** The twenty names of the book; there a category says nothing about the amount. */
export const BOOK_CATEGORIES =
  'Groceries,Travel,Fashion,Healthcare,Restaurants,Gas Stations,Electronics,Home Improvement,Entertainment,Education,Insurance,Automotive,Books,Sports,Beauty,Jewelry,Pet Supplies,Furniture,Pharmacy,Department Stores'.split(
    ',',
  );
