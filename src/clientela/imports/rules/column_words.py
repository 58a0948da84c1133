"""What columns are called in files, in three languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Names without marks, case or signs, the usual first. English, Spanish, Latvian.
NAMES: Mapping[str, str] = MappingProxyType({
    "customer": "customer, customer id, customer no, customer number, customer code, client, "
                "client id, cust id, user id, member id, account holder, cliente, id cliente, "
                "codigo cliente, numero de cliente, klients, klienta nr, klienta id, klienta kods, "
                "pircejs, pirceja nr",
    "name": "name, full name, customer name, company name, company, display name, nombre, "
            "nombre completo, razon social, empresa, vards, vards uzvards, vards un uzvards, "
            "nosaukums, pilns vards, klienta vards, product name, product, description, title, "
            "producto, nombre del producto, descripcion, produkts, produkta nosaukums, prece, "
            "apraksts",
    "phone": "phone, phone number, telephone, tel, mobile, mobile phone, cell, contact number, "
             "telefono, movil, celular, talrunis, talr, talruna numurs, mobilais, telefons",
    "email": "email, e mail, email address, mail, correo, correo electronico, e pasts, epasts, "
             "e pasta adrese",
    "language": "language, lang, preferred language, idioma, lengua, valoda",
    "country": "country, country code, nation, pais, valsts, valsts kods",
    "birth_date": "birth date, date of birth, birthday, dob, born, fecha de nacimiento, "
                  "nacimiento, dzimsanas datums, dzimis, dzim datums",
    "type": "type, profile type, customer type, tipo, tipo de cliente, klienta tips, veids",
    "product": "product, product id, product code, sku, item, item code, stock code, article, "
               "article no, producto, codigo producto, articulo, codigo, produkts, produkta kods, "
               "prece, preces kods, artikuls, track id",
    "kind": "kind, category, product type, type, group, tipo, categoria, clase, veids, kategorija, "
            "grupa",
    "price": "price, unit price, list price, amount, precio, precio unitario, cena, vienibas cena",
    "currency": "currency, currency code, moneda, divisa, valuta",
    "holding": "holding, contract, contract id, contract no, account, account id, policy no, "
               "subscription id, contrato, numero de contrato, cuenta, liguma nr, ligums, konts",
    "role": "role, holder type, rol, loma",
    "status": "status, state, estado, situacion, statuss, stavoklis",
    "opened_on": "opened on, opened, start date, open date, since, begin date, fecha de alta, "
                 "fecha inicio, atverts, sakuma datums, no",
    "closed_on": "closed on, closed, end date, close date, fecha de baja, fecha fin, slegts, "
                 "beigu datums, lidz",
    "matures_on": "matures on, maturity, maturity date, vencimiento, fecha de vencimiento, "
                  "termins, atmaksas datums",
    "fixed_until_on": "fixed until, fixed until on, rate fixed until, tipo fijo hasta, "
                      "fikseta lidz",
    "number": "number, account number, card number, iban, contract number, numero, "
              "numero de cuenta, numurs, konta numurs",
    "serial": "serial, serial number, serial no, imei, vin, numero de serie, serie, "
              "serijas numurs, serijas nr",
    "balance": "balance, outstanding, saldo, atlikums",
    "balance_on": "balance on, balance date, fecha saldo, atlikuma datums",
    "limit": "limit, credit limit, limite, limite de credito, limits, kreditlimits",
    "rate": "rate, interest rate, tasa, tipo de interes, likme, procentu likme",
    "date": "date, purchase date, order date, invoice date, transaction date, sold at, "
            "purchased at, timestamp, fecha, fecha de compra, fecha de factura, fecha pedido, "
            "datums, pirkuma datums, ceka datums, rekina datums",
    "amount": "amount, total, sum, value, total amount, price paid, revenue, sales, spent, "
              "importe, monto, total factura, suma, valor, summa, kopa, apjoms",
    "reference": "reference, receipt, receipt no, order id, order no, invoice, invoice id, "
                 "invoice no, invoice number, document, document no, transaction id, referencia, "
                 "recibo, ticket, factura, numero de factura, pedido, ceka nr, ceks, rekina nr, "
                 "rekins, pasutijuma nr, dokumenta nr",
    "original": "original, original reference, original invoice, returned receipt, "
                "factura original, pamats, sakotnejais ceks",
    "quantity": "quantity, qty, pieces, units, count, number of items, cantidad, unidades, "
                "daudzums, skaits, gab",
    "channel": "channel, sales channel, canal, kanals, pardosanas kanals",
    "place": "place, shop, store, branch, location, till, tienda, sucursal, lugar, veikals, "
             "filiale, vieta, kase",
    "tax": "tax, vat, iva, impuesto, pvn, nodoklis",
    "discount": "discount, rebate, descuento, atlaide",
})  # fmt: skip
